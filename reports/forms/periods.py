"""A report of several meals: for whom, which days, and the words of its author."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from networking.models import Circle, Partner, Role, User
from networking.templatetags.french import typo
from reports.forms.meals import LinesField, QuotesField
from reports.naming import Names, named
from reports.periods import Span
from venues.models import Commune

FINDINGS, FINDING_LENGTH = 3, 260
PROPOSAL_LENGTH = 240
LINES, LINE_LENGTH = 8, 120
LONGEST = timedelta(days=3 * 366)
FIRST_YEAR = 2000
NO_SUCH_YEAR = "Écrivez une année depuis 2000, et l’an prochain au plus tard."


def partners_of(user: User) -> QuerySet[Partner]:
    """As `can_manage_partner` says, in one query: all for staff, or else those with a
    commune of a circle that the user organises."""
    if user.is_staff:
        return Partner.objects.all()
    circles = Circle.objects.filter(team__user=user, team__role=Role.ORGANISER)
    communes = Commune.objects.filter(
        Q(circles__in=circles) | Q(neighbourhoods__circles__in=circles)
    )
    return Partner.objects.filter(communes__in=communes).distinct()


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "court"})


class DayField(forms.DateField):
    widget = DayInput

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            error_messages={
                "required": "Choisissez un jour.",
                "invalid": "Écrivez un jour, comme 31/03/2026.",
            },
        )


class TerritoryForm(forms.Form):
    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        label="Pour qui",
        empty_label=None,
        error_messages={
            "required": "Choisissez à qui part ce bilan.",
            "invalid_choice": "Choisissez un partenaire de votre territoire.",
        },
    )
    starts_on = DayField("Du")
    ends_on = DayField("Au")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner = cast(forms.ModelChoiceField, self.fields["partner"])
        partner.queryset = partners_of(user)

    def clean(self) -> dict[str, Any]:
        first = self.cleaned_data.get("starts_on")
        last = self.cleaned_data.get("ends_on")
        for name, day in (("starts_on", first), ("ends_on", last)):
            if day and not FIRST_YEAR <= day.year <= date.today().year + 1:
                self.add_error(name, NO_SUCH_YEAR)
        if first and last and last < first:
            self.add_error("ends_on", "Choisissez un jour après le premier.")
        elif first and last and last - first > LONGEST:
            self.add_error("ends_on", "Choisissez une période de trois ans au plus.")
        return self.cleaned_data

    @property
    def span(self) -> Span:
        return Span(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


class YearForm(forms.Form):
    year = forms.IntegerField(
        label="Année",
        min_value=FIRST_YEAR,
        widget=forms.NumberInput(attrs={"class": "court"}),
        error_messages={
            "required": "Écrivez une année.",
            "invalid": "Écrivez une année en quatre chiffres.",
            "min_value": "Écrivez une année en quatre chiffres.",
            "max_value": "Cette année n’a pas commencé.",
        },
    )
    partner = forms.ModelChoiceField(
        Partner.objects.all(),
        label="Pour qui",
        required=False,
        empty_label="Pour l’association seulement",
    )

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > date.today().year:
            raise ValidationError("Cette année n’a pas commencé.")
        return year


class PeriodWordsForm(forms.Form):
    findings = LinesField(
        label="Ce que nous voyons",
        help_text="Trois phrases au plus, tirées des chiffres. Changez-les si vous"
        " voulez. N’ajoutez pas de petit nombre.",
        lines=FINDINGS,
        length=FINDING_LENGTH,
    )
    quotes = QuotesField()
    proposal = forms.CharField(
        label="Ce que nous proposons",
        help_text="Une phrase\u202f: ce que vous demandez, ou ce que vous préparez.",
        required=False,
        max_length=PROPOSAL_LENGTH,
        error_messages={
            "max_length": f"Écrivez {PROPOSAL_LENGTH} signes au plus.",
        },
    )

    def __init__(self, names: Names, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def clean_findings(self) -> list[str]:
        return nameless(self.cleaned_data["findings"], self.names)

    def clean_quotes(self) -> list[str]:
        return nameless(self.cleaned_data["quotes"], self.names)

    def clean_proposal(self) -> str:
        text = typo(self.cleaned_data["proposal"].strip())
        nameless([text], self.names)
        return text


def nameless(lines: list[str], names: Names) -> list[str]:
    for line in lines:
        if found := named(line, *names):
            raise ValidationError(found)
    return lines


class IndicatorsForm(forms.Form):
    """One line each; no national list exists."""

    labels = LinesField(
        label="Ce que ce partenaire demande",
        help_text="Une ligne par question, avec les mots de sa convention. Par exemple"
        " «\u202fActions menées avec le centre social\u202f».",
        lines=LINES,
        length=LINE_LENGTH,
    )
