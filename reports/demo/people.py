"""The professionals of the demonstration: made-up names, numbers and addresses."""

import csv
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import cycle, repeat
from pathlib import Path
from random import Random

from django.utils import timezone

from networking.models import Channel, Gender, Professional, Workplace
from venues.models import Commune
from venues.text import fold

HERE = Path(__file__).parent
# Three lines: first names of women, of men, last names.
NAMES = HERE / "names.txt"
TRADES = HERE / "trades.csv"
CONSENTS = 73
WITHOUT_MAIL = 15
# Trades whose people most often share one telephone and no computer.
SELDOM_WRITE = ("home_help", "social_care_assistant", "life_assistant", "night_sitter")

# Where people work; the longer the list, the larger the place.
COMMUNES = (
    *("73065",) * 9,
    *("73087",) * 4,
    *("73179",) * 3,
    *("73137", "73213", "73029", "73031", "73222"),
)
SOURCES = (
    "votre employeur, avec votre accord",
    "la feuille d’une rencontre précédente",
    "l’annuaire de la maison de santé",
    "Bruno, relais du quartier",
    "votre inscription auprès de Parenthèse Savoie",
)
HOURS = ("le midi", "avant 9\u00a0h", "après 17\u00a0h", "entre deux tournées")


Name = tuple[str, str, Gender]


def make(rng: Random) -> list[Professional]:
    """Everybody, saved, with their workplaces; the same people for the same seed."""
    rows = list(_trades())
    names = _names(rng)
    people = [
        _person(rng, number, row, next(names[_gender(rng)]))
        for number, row in enumerate(rows)
    ]
    _take_addresses_away(rng, people)
    _settle_in(people, [row["workplace"] for row in rows])
    _show(rng, people)
    return Professional.objects.bulk_create(people)


def _trades() -> Iterator[dict[str, str]]:
    """One row per person: key, mode, workplace and words (often empty)."""
    with TRADES.open(encoding="utf-8", newline="") as file:
        for trade in csv.DictReader(file):
            places, words = trade["workplaces"].split("|"), trade["words"].split("|")
            for number in range(int(trade["people"])):
                yield {
                    "key": trade["key"],
                    "mode": trade["mode"],
                    "workplace": places[number % len(places)],
                    "words": words[number] if number < len(words) else "",
                }


def _gender(rng: Random) -> Gender:
    return rng.choices((Gender.FEMININE, Gender.MASCULINE), weights=(4, 1))[0]


def _names(rng: Random) -> dict[Gender, Iterator[Name]]:
    """First and last names that meet once at most."""
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    feminine, masculine, last = (
        rng.sample(names, len(names)) for names in map(str.split, lines)
    )
    return {
        Gender.FEMININE: _pairs(feminine, last, Gender.FEMININE),
        Gender.MASCULINE: _pairs(masculine, last[::-1], Gender.MASCULINE),
    }


def _pairs(first: Sequence[str], last: Sequence[str], gender: Gender) -> Iterator[Name]:
    return zip(cycle(first), cycle(last), repeat(gender))


def _person(rng: Random, number: int, row: dict[str, str], name: Name) -> Professional:
    first, last, gender = name
    seen = timezone.now() - timedelta(days=rng.randrange(10, 300))
    domain = fold(row["workplace"]).replace(" ", "-") or "courrier"
    person = Professional(
        first_name=first,
        last_name=last,
        gender=gender,
        profession_id=row["key"],
        mode=row["mode"],
        commune_id=rng.choice(COMMUNES),
        email=f"{fold(first)}.{fold(last)}@{domain}.example".replace(" ", "-"),
        phone=f"+336399{80000 + number:05}",
        what_i_do=row["words"],
        source=rng.choice(SOURCES),
        collected_on=seen.date(),
        notice_sent_at=seen,
        last_sign_at=seen,
    )
    person.index_name()
    return person


def _take_addresses_away(rng: Random, people: Sequence[Professional]) -> None:
    """Some are only reached by telephone, as in life."""
    seldom = [p for p in people if p.profession_id in SELDOM_WRITE]
    others = [p for p in people if p.profession_id not in SELDOM_WRITE]
    chosen = rng.sample(seldom, WITHOUT_MAIL - 3) + rng.sample(others, 3)
    for person in chosen:
        person.email = ""
        person.notice_sent_at = None
        person.channel = rng.choice((Channel.PHONE, Channel.SMS))
        person.channel_hours = rng.choice(HOURS)


def _settle_in(people: Sequence[Professional], names: Sequence[str]) -> None:
    wanted = sorted(set(names) - {""})
    homes = {name: Workplace(name=name) for name in wanted}
    for person, name in zip(people, names, strict=True):
        if name:
            homes[name].commune_id = homes[name].commune_id or person.commune_id
    Workplace.objects.bulk_create(homes.values())
    for person, name in zip(people, names, strict=True):
        person.workplace = homes.get(name)


def _show(rng: Random, people: Sequence[Professional]) -> None:
    """In the directory: those who wrote what they do, then chance."""
    silent = [person for person in people if not person.what_i_do]
    writers = [person for person in people if person.what_i_do]
    shown = writers + rng.sample(silent, CONSENTS - len(writers))
    for person in shown:
        by_phone = person.channel != Channel.EMAIL or rng.random() < 0.6
        person.give_directory_consent(email=bool(person.email), phone=by_phone)
        person.directory_consent_at = person.last_sign_at
        if person.email and rng.random() < 0.3:
            person.channel = rng.choice((Channel.PHONE, Channel.SMS))
            person.channel_hours = rng.choice(HOURS)
            person.shows_phone = True


def communes() -> dict[str, Commune]:
    """Those of the demonstration, by INSEE code."""
    return Commune.objects.in_bulk(set(COMMUNES))
