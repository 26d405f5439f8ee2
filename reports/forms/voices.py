from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from networking.models import Meetup, Profession
from networking.templatetags.french import typo
from reports.actions.opinions import Said
from reports.forms.meals import LinesField
from reports.models import AtEase, GoodNews, WhatNext
from reports.naming import named, names_around
from venues.text import fold

NONE = "aucun"
QUESTIONS = ("at_ease", "discovered", "what_next")
NO_PATIENT = "Jamais un mot sur un patient."
SENTENCES, LENGTH = 3, 170
LONGEST_WORDS = 300
TOO_LONG = f"Gardez {LONGEST_WORDS} signes au plus."


def trades_at(meetup: Meetup, but: str = "") -> list[tuple[str, str]]:
    """Those that sat at the table, alphabetically, by what they do: several trades may
    have one name. Nobody discovers their own."""
    there = meetup.attendances.there().order_by().values("profession")
    own = Profession.objects.filter(pk=but).values("activity")
    trades = Profession.objects.filter(pk__in=there).exclude(activity__in=own)
    found = {trade.activity: trade.pk for trade in trades.order_by("-key")}
    return [(found[name], name) for name in sorted(found, key=fold)]


class OpinionForm(forms.Form):
    """One question a page: each button answers, what was said before is carried in
    the page and nowhere else. Not in the address, which servers write down."""

    at_ease = forms.ChoiceField(
        label="Étiez-vous à votre place\u202f?", choices=AtEase.choices
    )
    discovered = forms.ChoiceField(label="Un métier découvert\u202f?")
    what_next = forms.ChoiceField(
        label="Et la suite\u202f?", choices=WhatNext.choices, required=True
    )
    words = forms.CharField(
        label="Un mot, si vous voulez",
        required=False,
        max_length=LONGEST_WORDS,
        help_text=f"{NO_PATIENT} Pas de nom.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, meetup: Meetup, data: QueryDict | None, own: str = "") -> None:
        said = data.copy() if data is not None else None
        if said is not None and "retour" in said:
            given = [name for name in QUESTIONS if said.get(name)]
            said.pop(given[-1] if given else "retour")
        super().__init__(said)
        self.meetup = meetup
        # Why a good answer is not taken now.
        self.refused = ""
        nothing = (NONE, "Aucun cette fois")
        self.fields["discovered"].choices = [*trades_at(meetup, own), nothing]  # type: ignore[attr-defined]

    @property
    def step(self) -> str:
        """The first question without a good answer, or the last one."""
        if not self.is_bound:
            return QUESTIONS[0]
        self.full_clean()
        open_ones = [name for name in QUESTIONS if name in self.errors]
        return open_ones[0] if open_ones else QUESTIONS[-1]

    @property
    def number(self) -> int:
        return QUESTIONS.index(self.step) + 1

    @property
    def question(self) -> forms.BoundField:
        return self[self.step]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Answers to the questions before."""
        before = QUESTIONS[: self.number - 1]
        found = [(name, self.cleaned_data[name]) for name in before]
        if self.number < len(QUESTIONS) and self.data.get("words"):
            found.append(("words", self.data["words"]))
        return found

    @property
    def heard(self) -> list[str]:
        """What is wrong with the words, once all three are answered."""
        if self.refused:
            return [self.refused]
        answered = self.is_bound and not set(QUESTIONS) & set(self.errors)
        return [str(one) for one in self["words"].errors] if answered else []

    @property
    def said(self) -> Said:
        data = self.cleaned_data
        found = "" if data["discovered"] == NONE else data["discovered"]
        return Said(data["at_ease"], found, data["what_next"], data["words"])

    def clean_words(self) -> str:
        """Repaired spaces count too: the row that is read later holds no more."""
        words = nameless(self.cleaned_data["words"], self.meetup)
        if len(words) > LONGEST_WORDS:
            raise ValidationError(TOO_LONG)
        return words


def nameless(words: str, meetup: Meetup) -> str:
    text = typo(" ".join(words.split()))
    if text and (found := named(text, *names_around(meetup))):
        raise ValidationError(found)
    return text


class GoodNewsForm(forms.ModelForm):
    class Meta:
        model = GoodNews
        fields = ("text", "is_signed")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"text": f"280 signes au plus. {NO_PATIENT}"}
        error_messages = {
            "text": {
                "required": "Écrivez votre bonne nouvelle.",
                "max_length": "Gardez 280 signes au plus.",
            }
        }

    def __init__(self, *args: Any, signs: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signs:
            del self.fields["is_signed"]

    def clean_text(self) -> str:
        return typo(" ".join(self.cleaned_data["text"].split()))


class LetterForm(forms.Form):
    sentences = LinesField(
        label="Trois phrases de l’équipe",
        help_text=f"Une par ligne, {LENGTH} signes au plus. {NO_PATIENT}",
        lines=SENTENCES,
        length=LENGTH,
    )
