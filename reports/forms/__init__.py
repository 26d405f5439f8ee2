from reports.forms.meals import (
    QUOTE_LENGTH,
    QUOTES,
    STEP_LENGTH,
    STEPS,
    LinesField,
    ReportForm,
    WalkInForm,
    addressees,
)

__all__ = (
    "QUOTES",
    "QUOTE_LENGTH",
    "STEPS",
    "STEP_LENGTH",
    "LinesField",
    "ReportForm",
    "WalkInForm",
    "addressees",
)
