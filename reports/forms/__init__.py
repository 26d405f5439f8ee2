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
from reports.forms.periods import (
    IndicatorsForm,
    PeriodWordsForm,
    TerritoryForm,
    YearForm,
    partners_of,
)

__all__ = (
    "QUOTES",
    "QUOTE_LENGTH",
    "STEPS",
    "STEP_LENGTH",
    "IndicatorsForm",
    "LinesField",
    "PeriodWordsForm",
    "ReportForm",
    "TerritoryForm",
    "WalkInForm",
    "YearForm",
    "addressees",
    "partners_of",
)
