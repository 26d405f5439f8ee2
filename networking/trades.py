"""Which trade somebody means by a word of their list."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from networking.models import Gender, Profession
from venues.text import fold

# Said of anybody, and never what tells two trades apart.
QUALIFYING = (
    "liberal liberale salarie salariee independant independante remplacant"
    " remplacante diplome diplomee etat idel ide"
)
QUALIFIERS = frozenset(QUALIFYING.split())
# "infirmier(e)", "infirmier.ière", "soignant-e", "coordinateur/trice".
ENDINGS = "e ere iere ne enne te euse trice rice se s es eres ieres nes"
INCLUSIVE = frozenset(ENDINGS.split())
CLOSE_ENOUGH = 0.72
SUGGESTIONS = 3


@dataclass
class Lexicon:
    """Every folded word of every trade. A word of two trades names none of them,
    unless it is the label of one."""

    labels: dict[str, tuple[Profession, Gender]] = field(default_factory=dict)
    synonyms: dict[str, set[str]] = field(default_factory=dict)
    trades: dict[str, Profession] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Lexicon":
        """One query."""
        lexicon = cls()
        for trade in Profession.objects.all():
            lexicon.trades[trade.pk] = trade
            lexicon._learn(trade)
        return lexicon

    def _learn(self, trade: Profession) -> None:
        feminine, masculine = fold(trade.label_feminine), fold(trade.label_masculine)
        both = feminine == masculine
        self.labels.setdefault(fold(trade.label_epicene), (trade, Gender.EPICENE))
        if both:
            self.labels[feminine] = (trade, Gender.EPICENE)
        else:
            self.labels[feminine] = (trade, Gender.FEMININE)
            self.labels[masculine] = (trade, Gender.MASCULINE)
        for word in (trade.activity, *trade.synonyms):
            self.synonyms.setdefault(fold(word), set()).add(trade.pk)

    def find(self, text: str) -> tuple[Profession, Gender] | None:
        for form in _forms(text):
            if form in self.labels:
                return self.labels[form]
            meant = self.synonyms.get(form, set())
            if len(meant) == 1:
                return self.trades[next(iter(meant))], Gender.EPICENE
        return None

    def suggest(self, text: str) -> list[str]:
        """Up to three labels written almost like the text, or sharing its word."""
        word = fold(text)
        known = (*self.labels, *self.synonyms)
        close = get_close_matches(word, known, 12, CLOSE_ENOUGH)
        close += [one for one in known if word and f" {word} " in f" {one} "]
        found: dict[str, None] = {}
        for one in close:
            for label in self._labels_of(one):
                found.setdefault(label)
        return list(found)[:SUGGESTIONS]

    def _labels_of(self, word: str) -> Iterable[str]:
        if word in self.labels:
            return [_usual(self.labels[word][0])]
        return sorted(_usual(self.trades[key]) for key in self.synonyms[word])


def _usual(trade: Profession) -> str:
    """A label that `find` recognises, as most people write it."""
    return trade.label_feminine


def _forms(text: str) -> Iterator[str]:
    """The text folded, then without what inclusive spelling and diplomas add."""
    yield fold(text)
    bare = fold(re.sub(r"\([^)]*\)", " ", text))
    yield bare
    for half in re.split(r"[/,;]", text):
        yield fold(half)
    words = [word for word in fold(text).split() if word not in INCLUSIVE]
    yield " ".join(words)
    singular = [re.sub(r"(?<=...)[sx]$", "", word) for word in words]
    yield " ".join(singular)
    kept = [word for word in singular if word not in QUALIFIERS]
    yield " ".join(kept)
    # "infirmière diplômée d'État" leaves "infirmiere d".
    yield " ".join(word for word in kept if len(word) > 1)
