"""A reader who wants to know: takes documents as they were given, knows the rules by
which numbers are hidden, and looks for a small number of people that could not be
just any small number. Shares nothing with the program that hides them."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO

Bounds = tuple[int, int]
MANY = 60
OPINIONS = ("Avis donnés", "À leur place autour de la table", "Demandent une suite")
NODES = 400


def read(cell: object) -> Bounds | None:
    """« 13 », « 8 à 11 », « moins de 5 »; None for what is not said."""
    text = str(cell).strip()
    if match := re.fullmatch(r"(\d+) à (\d+)", text):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"moins de (\d+)", text):
        return 1, int(match[1]) - 1
    return (int(text), int(text)) if text.isdecimal() else None


@dataclass
class Puzzle:
    """Whole numbers with what each may be, and sums of them with bounds."""

    domains: dict[str, set[int]] = field(default_factory=dict)
    sums: list[tuple[dict[str, int], int, int]] = field(default_factory=list)

    def number(self, name: str, low: int, high: int) -> str:
        allowed = set(range(low, high + 1))
        self.domains[name] = self.domains.get(name, allowed) & allowed
        return name

    def among(self, name: str, values: Iterable[int]) -> None:
        self.domains[name] &= set(values)

    def bounded(self, terms: dict[str, int], low: int, high: int = 10**6) -> None:
        self.sums.append((terms, low, high))

    def equal(self, whole: str, parts: Iterable[str]) -> None:
        self.bounded({whole: -1, **dict.fromkeys(parts, 1)}, 0, 0)

    def difference(self, name: str, first: str, second: str) -> str:
        """A new number: `first` without `second`."""
        self.number(name, 0, max(self.domains[first]))
        self.equal(first, (second, name))
        return name

    def narrowed(self, threshold: int) -> dict[str, set[int]]:
        """The numbers that may be small, but not any small number."""
        found = {}
        start = propagate(self.domains, self.sums)
        assert start is not None, "these documents contradict each other"
        for name, domain in start.items():
            small = {
                value
                for value in range(1, threshold)
                if value in domain and self._is_possible(start, name, value)
            }
            if small and len(small) < threshold - 1:
                found[name] = small
        return found

    def _is_possible(self, domains: dict[str, set[int]], name: str, value: int) -> bool:
        tried = propagate({**domains, name: {value}}, self.sums)
        self.nodes = NODES
        return tried is not None and self._search(tried)

    def _search(self, domains: dict[str, set[int]]) -> bool:
        """Is there one way to fill everything? Gives up as « yes »."""
        self.nodes -= 1
        open_ones = [name for name, domain in domains.items() if len(domain) > 1]
        if not open_ones or self.nodes < 0:
            return True
        name = min(open_ones, key=lambda n: len(domains[n]))
        for value in from_the_middle(domains[name]):
            tried = propagate({**domains, name: {value}}, self.sums)
            if tried is not None and self._search(tried):
                return True
        return False


def from_the_middle(values: set[int]) -> list[int]:
    middle = sorted(values)[len(values) // 2]
    return sorted(values, key=lambda value: abs(value - middle))


def propagate(
    domains: dict[str, set[int]], sums: Sequence[tuple[dict[str, int], int, int]]
) -> dict[str, set[int]] | None:
    """Strike out what no sum allows, until nothing changes; None if nothing fits."""
    domains = dict(domains)
    changed = True
    while changed:
        changed = False
        for terms, low, high in sums:
            spans = {n: span(domains[n], factor) for n, factor in terms.items()}
            least = sum(s[0] for s in spans.values())
            most = sum(s[1] for s in spans.values())
            for name, factor in terms.items():
                others = least - spans[name][0], most - spans[name][1]
                kept = {
                    value
                    for value in domains[name]
                    if factor * value + others[0] <= high
                    and factor * value + others[1] >= low
                }
                if not kept:
                    return None
                if len(kept) < len(domains[name]):
                    domains[name], changed = kept, True
                    spans[name] = span(kept, factor)
                    least = others[0] + spans[name][0]
                    most = others[1] + spans[name][1]
    return domains


def span(domain: set[int], factor: int) -> Bounds:
    ends = factor * min(domain), factor * max(domain)
    return min(ends), max(ends)


class Reader:
    """Everything that all the documents say, as one puzzle."""

    def __init__(self, documents: Iterable[str], threshold: int = 5) -> None:
        self.threshold = threshold
        self.small = range(1, threshold)
        self.puzzle = Puzzle()
        self.meals: dict[str, set[str]] = {}
        self.places: dict[str, str] = {}
        self.trades: dict[str, set[str]] = {}
        self.versions: dict[str, int] = {}
        blocks = [
            {block["key"]: block for block in json.loads(text)} for text in documents
        ]
        self.of_meals = [found for found in blocks if "reponses" in found]
        self.of_periods = [found for found in blocks if "repas" in found]
        for found in self.of_periods:
            self._read_meals(found)
        for found in self.of_meals:
            self._read_meal(found)
        for number, found in enumerate(self.of_periods):
            self._read_period(f"set {number}", found)

    def found(self) -> dict[str, set[int]]:
        return self.puzzle.narrowed(self.threshold)

    def _meal(self, title: str, total: Bounds) -> str:
        """Those present; of them some without an invitation; some for the first
        time; some from the commune of the meal."""
        puzzle = self.puzzle
        here = puzzle.number(f"{title}: present", *total)
        if title not in self.meals:
            self.meals[title] = set()
            without = puzzle.number(f"{title}: without invitation", 0, total[1])
            puzzle.difference(f"{title}: invited", here, without)
            for part in ("new", "near"):
                name = puzzle.number(f"{title}: {part}", 0, total[1])
                puzzle.difference(f"{title}: not {part}", here, name)
                puzzle.bounded({f"{title}: invited": 1, name: -1}, 0)
        return here

    def _read_meals(self, found: dict) -> None:
        for _, title, place, total in found["repas"]["rows"][:-1]:
            bounds = read(total)
            assert bounds
            self._meal(title, bounds)
            self.places[title] = place

    def _read_meal(self, found: dict) -> None:
        title = dict(found["rencontre"]["rows"])["Rencontre"]
        said = {label: read(value) for label, value in found["reponses"]["rows"]}
        words = dict(found["reponses"]["rows"])
        total = said["Personnes présentes"]
        assert total
        here = self._meal(title, total)
        self._read_trades(title, here, found["metiers"]["rows"])
        self._read_answers(title, said)
        self._read_new(title, str(words["Venues pour la première fois depuis un an"]))
        self._read_near(title, said["Travaillent dans la commune"], total)
        for key in ("modes", "adhesion"):
            if key in found:
                self._read_table(title, found[key]["rows"])
        if "avis" in found:
            self._read_opinions(title, here, total, found["avis"])
        if "contrat" in found:
            self._read_perimeter(title, dict(found["contrat"]["rows"]))

    def _read_trades(self, title: str, here: str, rows: list) -> None:
        cells = []
        for label, value in rows:
            bounds = read(value)
            assert bounds
            cells.append(self.puzzle.number(f"{title}: {label}", *bounds))
            self.trades.setdefault(title, set()).add(label)
        if cells:
            self.puzzle.equal(here, cells)

    def _read_answers(self, title: str, said: dict[str, Bounds | None]) -> None:
        puzzle = self.puzzle
        came = f"{title}: invited"
        if asked := said["Personnes invitées"]:
            puzzle.number(f"{title}: asked", *asked)
            puzzle.difference(f"{title}: did not come", f"{title}: asked", came)
        if structures := said["Structures différentes"]:
            puzzle.bounded({came: 1}, structures[0])

    def _read_new(self, title: str, words: str) -> None:
        terms = {f"{title}: new": 2, f"{title}: present": -1}
        if words == "la moitié ou plus":
            self.puzzle.bounded(terms, 0)
        elif words == "moins de la moitié":
            self.puzzle.bounded(terms, -(10**6), -1)
        elif exact := read(words):
            self.puzzle.number(f"{title}: new", *exact)

    def _read_near(self, title: str, near: Bounds | None, total: Bounds) -> None:
        """Not said of an exact total: it, or the rest, is small."""
        if near:
            self.puzzle.number(f"{title}: near", *near)
        elif total[0] == total[1] >= self.threshold:
            rest = [total[0] - number for number in self.small]
            self.puzzle.among(f"{title}: near", [*self.small, *rest, total[0]])

    def _read_table(self, title: str, rows: list) -> None:
        """Who came without an invitation told neither."""
        cells = dict(rows[:-1])
        unknown = sum(v for label, v in cells.items() if "on dit" in label)
        name = f"{title}: without invitation"
        self.puzzle.bounded({name: 1}, 0, unknown)

    def _read_opinions(self, title: str, here: str, total: Bounds, block: dict) -> None:
        """« 10 au moins » by steps of 5 is 10 to 14; the last step below the number
        present is open above. A line that is missing is less than a step."""
        match = re.search(r"par pas de (\d+)", block["measure"])
        assert match
        step = int(match[1])
        last = (total[0] - step + 1) // step * step
        least = {
            label: int(text.split()[0])
            for label, text in block["rows"]
            if text.endswith("au moins")
        }
        told = {}
        for label in OPINIONS:
            low = least.get(label, 0)
            high = total[1] if low == last else low + step - 1
            told[label] = self._version(f"{title}: {label}", low, high)
        given = told.pop(OPINIONS[0])
        self.puzzle.bounded({here: 1, given: -1}, 0)
        for name in told.values():
            self.puzzle.difference(f"{name}, not", given, name)

    def _version(self, label: str, low: int, high: int) -> str:
        """Opinions are added between two reports, and never taken away."""
        before = self.versions.get(label, 0)
        self.versions[label] = before + 1
        name = self.puzzle.number(f"{label} {before + 1}", low, high)
        if before:
            self.puzzle.difference(f"{name}, new", name, f"{label} {before}")
        return name

    def _read_perimeter(self, title: str, facts: dict[str, str]) -> None:
        if inside := read(facts.get("Travaillent dans votre périmètre")):
            here, name = f"{title}: present", f"{title}: inside"
            self.puzzle.number(name, *inside)
            self.puzzle.difference(f"{title}: outside", here, name)
            self.puzzle.difference(f"{title}: around", name, f"{title}: near")

    def _read_period(self, name: str, found: dict) -> None:
        titles = [row[1] for row in found["repas"]["rows"][:-1]]
        self._read_attendances(titles, found)
        figures = {label: value for value, label in found["chiffres"]["rows"]}
        people = read(figures.get("personnes différentes"))
        if people is None:
            return
        puzzle = self.puzzle
        different = puzzle.number(f"{name}: different", *people)
        came = [f"{title}: invited" for title in titles]
        puzzle.number(f"{name}: again", 0, MANY * len(came))
        puzzle.bounded(
            {different: -1, f"{name}: again": -1, **dict.fromkeys(came, 1)}, 0, 0
        )
        for title in titles:
            puzzle.difference(f"{name}: not at {title}", different, f"{title}: invited")
        # As if no meal were outside: each person came once for the first time.
        puzzle.equal(different, [f"{title}: new" for title in titles])
        self._read_map(name, different, titles, found)

    def _read_attendances(self, titles: list[str], found: dict) -> None:
        here = [f"{title}: present" for title in titles]
        if total := read(found["repas"]["rows"][-1][-1]):
            self.puzzle.bounded(dict.fromkeys(here, 1), *total)
        rows = found.get("metiers-presences", {"rows": []})["rows"]
        for label, _, value in rows:
            parts = [t for t in titles if label in self.trades.get(t, ())]
            bounds = read(value)
            if bounds and len(parts) == len(set(titles) & set(self.trades)):
                cells = dict.fromkeys([f"{title}: {label}" for title in parts], 1)
                if len(parts) == len(titles):
                    self.puzzle.bounded(cells, *bounds)

    def _read_map(
        self, name: str, different: str, titles: list[str], found: dict
    ) -> None:
        rows = found.get("communes", {"rows": []})["rows"]
        cells = {}
        for _, place, _, _, value in rows:
            bounds = read(value)
            assert bounds
            cells[place] = self.puzzle.number(f"{name}: from {place}", *bounds)
        if not cells:
            return
        self.puzzle.equal(different, cells.values())
        for title in titles:
            place = self.places[title]
            near = f"{title}: near"
            if place in cells:
                self.puzzle.bounded({cells[place]: 1, near: -1}, 0)
        for place, cell in cells.items():
            here = [t for t in titles if self.places[t] == place]
            other = [t for t in titles if self.places[t] != place]
            terms = {f"{t}: near": 1 for t in here}
            terms |= {f"{t}: invited": 1 for t in other}
            self.puzzle.bounded({**terms, cell: -1}, 0)


# What these columns count is not people.
NOT_PEOPLE = ("Repas",)


def numbers_of(attached: bytes) -> Iterator[tuple[str, Bounds]]:
    """Labels and numbers of people of an attached file: titles stand alone on their
    line, and the heads of the columns follow. « Au moins » is a bound, no number."""
    heads: list[str] = []
    last: list[str] = []
    is_bound = False
    for row in csv.reader(StringIO(attached.decode("utf-8-sig")), delimiter=";"):
        if len(last) == 1:
            heads, is_bound = row, "au moins" in last[0]
        elif row[:1] != ["Version"] and not is_bound:
            for head, cell in zip(heads[1:] or row[1:], row[1:], strict=False):
                if head not in NOT_PEOPLE and (bounds := read(cell)):
                    yield row[0], bounds
        last = row
