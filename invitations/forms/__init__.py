from invitations.forms.answers import (
    PARTSTATS,
    AnswerForm,
    CancelForm,
    GuestsForm,
    MyDataForm,
    PauseForm,
    SeatRequestForm,
    WordsForm,
)
from invitations.forms.company import DetailForm, ExtraSeatForm
from invitations.forms.composition import (
    HeldSeatsForm,
    SeatBlockForm,
    SeatRuleForm,
)
from invitations.forms.tables import TablesForm

__all__ = (
    "PARTSTATS",
    "AnswerForm",
    "CancelForm",
    "DetailForm",
    "ExtraSeatForm",
    "GuestsForm",
    "HeldSeatsForm",
    "MyDataForm",
    "PauseForm",
    "SeatBlockForm",
    "SeatRequestForm",
    "SeatRuleForm",
    "TablesForm",
    "WordsForm",
)
