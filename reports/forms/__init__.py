from reports.forms.meals import (
    QUOTE_LENGTH,
    QUOTES,
    STEP_LENGTH,
    STEPS,
    EuroField,
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
    "EuroField",
    "LinesField",
    "ReportForm",
    "WalkInForm",
    "addressees",
)
