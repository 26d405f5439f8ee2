from invitations.forms.answers import (
    PARTSTATS,
    AnswerForm,
    CancelForm,
    GuestsForm,
    MyDataForm,
    SeatRequestForm,
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
    "SeatBlockForm",
    "SeatRequestForm",
    "SeatRuleForm",
    "TablesForm",
)
