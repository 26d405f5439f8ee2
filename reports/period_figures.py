"""The figures of several meals, as they may be told, and what they bear to say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from networking.templatetags.french import euro, plural, plural_word, sentence_list
from reports.freezing import Heard, Pair
from reports.heard import heard_over
from reports.masking import Published, words
from reports.meal_blocks import loan
from reports.periods import attendances, present, trade_range
from reports.releases import Gathered
from reports.suppression import Range, together
from venues.text import fold

CENT = Decimal("0.01")


@dataclass(frozen=True)
class TradeTold:
    label: str
    meals: int
    of: int
    people: Range

    @property
    def meals_words(self) -> str:
        return f"{self.meals} repas sur {self.of}"


@dataclass(frozen=True)
class Told:
    """Everything in it may leave; money is not about people."""

    gathered: Gathered
    trades: list[TradeTold]
    attendances: Range
    before: Range
    loans: Decimal
    bill: Decimal | None
    per_head: Decimal | None
    places: list[str]
    opinions: Heard | None
    threshold: int

    def words(self, what: Range) -> str:
        return words(what, self.threshold)

    def of_set(self, name: str) -> Range | None:
        """A number told once of this set of meals."""
        release = self.gathered.release
        pair = dict(release)[name] if release else None
        return Range(*pair) if isinstance(pair, list) else None

    @property
    def different(self) -> Range | None:
        """When it says something: exact, or a range not too wide."""
        what = self.of_set("different")
        if what is None or len(self.gathered.meetups) < 2:
            return None
        return what if what.high - what.low <= what.high // 4 else None


def told(gathered: Gathered) -> Told:
    tables = gathered.told(gathered.meetups)
    bill, per_head = money(gathered)
    places = {meetup.venue.commune.name for meetup in gathered.meetups}
    return Told(
        gathered=gathered,
        trades=trades_told(tables),
        attendances=attendances(tables),
        before=attendances(gathered.told(gathered.earlier)),
        loans=sum(filter(None, map(loan, gathered.meetups)), Decimal(0)),
        bill=bill,
        per_head=per_head,
        places=sorted(places, key=fold),
        opinions=heard_over(gathered.meetups, tables),
        threshold=max(settings.SMALLEST_COUNT, 3),
    )


def trades_told(tables: Sequence[Published]) -> list[TradeTold]:
    """Those that a table has named, the most frequent first."""
    meals: Counter[str] = Counter()
    for table in tables:
        meals.update(trade["label"] for trade in table["trades"])
    found = [
        TradeTold(
            label,
            number,
            len(tables),
            together([trade_range(table, label) for table in tables]),
        )
        for label, number in meals.items()
    ]
    return sorted(found, key=lambda trade: (-trade.meals, fold(trade.label)))


def money(gathered: Gathered) -> tuple[Decimal | None, Decimal | None]:
    """The bill and the price per person, of the meals whose bill is known; only when
    the number of people at each of them is told."""
    known = [m for m in gathered.meetups if m.meal_cost is not None]
    people = attendances(gathered.told(known))
    if (
        not known
        or not people.low
        or any(not present(table).is_exact for table in gathered.told(known))
    ):
        return None, None
    bill = sum((m.meal_cost or Decimal(0) for m in known), Decimal(0))
    return bill, (bill / people.low).quantize(CENT, ROUND_HALF_UP)


def highlights(what: Told) -> list[Pair]:
    """Six at most, the first page's big numbers, each with its change if known."""
    meals, earlier = len(what.gathered.meetups), len(what.gathered.earlier)
    change = f", {earlier} la période d’avant" if earlier else ""
    chosen = [(str(meals), f"repas{change}")]
    if what.different:
        chosen.append((what.words(what.different), "personnes différentes"))
    change = f", {what.words(what.before)} la période d’avant" if earlier else ""
    label = plural_word(what.attendances.high, "présence")
    chosen.append((what.words(what.attendances), f"{label}{change}"))
    if what.trades:
        label = plural_word(len(what.trades), "métier,métiers différents")
        chosen.append((str(len(what.trades)), label))
    links = what.of_set("links")
    if links and links.low:
        chosen.append((what.words(links), "liens noués, dits par les deux personnes"))
    if what.loans:
        chosen.append((euro(what.loans), "de salles prêtées"))
    if what.per_head is not None:
        chosen.append((euro(what.per_head), "par personne et par repas"))
    return chosen[:6]


def findings(what: Told) -> list[str]:
    """Three sentences that the figures bear, and no more than they bear."""
    return [_who(what), _again(what), _change(what)]


def _who(what: Told) -> str:
    if not what.trades:
        return "Les tables étaient petites\u202f: les métiers ne sont pas donnés."
    most = [t for t in what.trades if t.meals == what.trades[0].meals]
    first, *others = [t.label for t in most[:3]]
    names = sentence_list([first, *(name[:1].lower() + name[1:] for name in others)])
    verb = "est le métier" if len(most) == 1 else "sont les métiers"
    if len(most) > 3:
        names, verb = f"{names}, et {len(most) - 3} autres,", "sont les métiers"
    return (
        f"{plural(len(what.trades), 'métier est venu,métiers sont venus')}."
        f" {names} {verb} que l’on voit le plus\u202f: {most[0].meals_words}."
    )


def _again(what: Told) -> str:
    people = what.words(what.attendances)
    if what.different is None:
        return (
            f"Il y a eu {people} présences. Une même personne compte chaque fois"
            " qu’elle vient."
        )
    return (
        f"{what.words(what.different)} personnes différentes sont venues, pour {people}"
        " présences."
    )


def _change(what: Told) -> str:
    gathered = what.gathered
    meals, earlier = len(gathered.meetups), len(gathered.earlier)
    if not earlier:
        return "Il n’y a pas de période d’avant\u202f: rien à comparer encore."
    now, then = what.attendances, what.before
    if min(meals, earlier) < 2 or not (now.low > then.high or now.high < then.low):
        return (
            f"{plural(meals, 'repas,repas')}, contre {earlier} la période d’avant."
            " C’est trop peu pour parler d’une hausse ou d’une baisse."
        )
    word = "montent" if now.low > then.high else "baissent"
    return (
        f"Les présences {word}\u202f: {what.words(now)}, contre {what.words(then)} la"
        f" période d’avant. Il y a eu {plural(meals, 'repas,repas')}, contre {earlier}."
    )
