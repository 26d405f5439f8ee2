"""What is printed for one meal: each document a list of plain values, and all of them
one file from one button."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.utils import timezone

from invitations.actions.tables import current, expected, key_of
from invitations.mails import absolute
from invitations.models import GuestDetail, Invitation
from invitations.table import table_of
from networking.drawing import half_table
from networking.models import Meetup
from networking.templatetags.french import hours_between, long_date
from reports.cards import bare
from reports.doors import badge_path, door_path, table_code
from reports.fonts import has_unknown_letters
from reports.models import ConsentKind
from reports.qr import square
from venues.text import fold

T = TypeVar("T")
BADGES_A_PAGE, CARDS_A_PAGE, FACES_A_PAGE = 10, 4, 9
LONGEST_QUESTION = 120
# One for each table, when guests have asked too few themselves.
QUESTIONS = (
    "Qu’est-ce que les autres ignorent de votre métier\u202f?",
    "Comment vous joindre quand c’est pressé\u202f?",
    "Qui auriez-vous aimé connaître plus tôt\u202f?",
    "Qu’est-ce qui vous aide le plus, chez les autres métiers\u202f?",
    "Quelle petite chose changerait vos journées\u202f?",
    "Qu’est-ce qui marche bien, ici\u202f?",
    "Que faites-vous que personne ne voit\u202f?",
    "Avec qui voudriez-vous travailler plus souvent\u202f?",
)


class Document(NamedTuple):
    """`is_usual` documents are ticked; `how` says how to cut, fold or hang it."""

    key: str
    label: str
    how: str
    is_usual: bool = True


DOCUMENTS = (
    Document("feuille", "Feuille d’émargement", "Posez-la à l’entrée, avec un stylo."),
    Document("badges", "Badges", "Coupez le long des traits. Dix par feuille."),
    Document("affiche", "Affiche", "Sur la porte. Son carré note les arrivées."),
    Document("chevalets", "Chevalets de table", "Pliez au milieu. Un par table."),
    Document("plan", "Plan des tables", "À côté de l’entrée."),
    Document("paroles", "Cartes pour parler", "Coupez en quatre. Une par table."),
    Document(
        "trombinoscope",
        "Trombinoscope",
        "Seulement les personnes qui l’ont voulu.",
        is_usual=False,
    ),
)
KEYS = tuple(document.key for document in DOCUMENTS)


def pages_of(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def context(meetup: Meetup, keys: Sequence[str]) -> dict[str, object]:
    """The values of the documents asked for, in the order of DOCUMENTS; `dated_at` is
    now, since a table plan printed again is another one."""
    made: dict[str, Any] = {
        "badges": badges,
        "affiche": poster,
        "chevalets": tents,
        "plan": plan,
        "paroles": questions,
        "trombinoscope": faces,
    }
    return {
        "title": meetup.title,
        "date_text": long_date(meetup.starts_at),
        "hours_text": hours_between(meetup.starts_at, meetup.ends_at),
        "venue_name": meetup.venue.name,
        "venue_address": meetup.venue.full_address,
        "controller": settings.ORGANISATION_NAME,
        "dated_at": timezone.now(),
        **{key: made[key](meetup) for key in KEYS if key in keys and key in made},
    }


def badges(meetup: Meetup) -> list[Sequence[dict[str, object]]]:
    """First name and what somebody does; a square for the welcome; then blank ones to
    fill in by hand, four at least. A name that our letters cannot write is left to
    the pen: nobody wears « ????? »."""
    people = expected(meetup)
    named = [_badge(person) for person in sorted(people, key=_by_first_name)]
    blank = 4 + -(len(named) + 4) % BADGES_A_PAGE
    return pages_of([*named, *[_empty_badge()] * blank], BADGES_A_PAGE)


def _by_first_name(person: Any) -> tuple[str, int]:
    name = getattr(person, "professional", person).first_name
    return fold(name), key_of(person)


def _empty_badge() -> dict[str, object]:
    return {"first_name": "", "trade": "", "square": ""}


def _badge(person: Any) -> dict[str, object]:
    if not isinstance(person, Invitation):
        trade, name = str(person.profession or ""), _written(person.first_name)
        return {**_empty_badge(), "first_name": name, "trade": trade}
    who = person.professional
    name = _written(who.first_name)
    label = f"Carré à photographier à l’entrée, pour {name or who.trade}"
    link = absolute(badge_path(person))
    return {
        "first_name": name,
        "trade": who.trade,
        "square": square(link, label),
    }


def _written(name: str) -> str:
    return "" if has_unknown_letters(name) else name


def poster(meetup: Meetup) -> dict[str, object]:
    table, link = table_of(meetup), absolute(door_path(meetup))
    return {
        "drawing": half_table(table.seats(), table.words, "affiche"),
        "square": square(link, "Carré à photographier pour dire que vous êtes là"),
        "site": bare(absolute("/")).rstrip("/"),
        "organiser": meetup.organiser.first_name,
    }


def rounds(meetup: Meetup) -> list[list[list[dict[str, str]]]]:
    """Rounds, tables, people by first name; those who are away have left the plan."""
    people = {key_of(person): person for person in expected(meetup)}
    return [
        [
            [
                _named(people[key])
                for key in sorted(table, key=lambda k: _by_first_name(people[k]))
            ]
            for table in (tuple(k for k in one if k in people) for one in turn)
        ]
        for turn in current(meetup)
    ]


def _named(person: Any) -> dict[str, str]:
    who = getattr(person, "professional", person)
    trade = who.trade if isinstance(person, Invitation) else person.profession
    return {"first_name": who.first_name, "trade": str(trade or "")}


def tents(meetup: Meetup) -> list[dict[str, object]]:
    """One per table of the first round; at a meal of one table, one tent."""
    turns, asked = rounds(meetup), asked_by_guests(meetup)
    tables = turns[0] if turns else [[]]
    return [
        {
            "number": number,
            "code": table_code(meetup, number),
            "people": people,
            "question": _question(asked, number),
        }
        for number, people in enumerate(tables, 1)
    ]


def plan(meetup: Meetup) -> list[dict[str, object]]:
    """Per round: everybody by first name with the table, then each table. Empty when
    nobody has dealt the tables."""
    found = []
    for tables in rounds(meetup):
        everybody = [
            {**person, "table": number}
            for number, people in enumerate(tables, 1)
            for person in people
        ]
        everybody.sort(key=lambda one: fold(str(one["first_name"])))
        found.append({"people": everybody, "tables": tables})
    return found


def asked_by_guests(meetup: Meetup) -> list[str]:
    """What guests would like to ask, without who asked."""
    coming = meetup.invitations.coming()
    rows = GuestDetail.objects.filter(invitation__in=coming).exclude(question="")
    return sorted(set(rows.values_list("question", flat=True)), key=fold)


def _question(asked: Sequence[str], number: int) -> str:
    every = [*asked, *QUESTIONS]
    return every[(number - 1) % len(every)][:LONGEST_QUESTION]


def questions(meetup: Meetup) -> list[Sequence[dict[str, str]]]:
    """A question and a good news to tell for each table, on cards to cut."""
    asked = asked_by_guests(meetup)
    count = max(len(tents(meetup)), len(asked), CARDS_A_PAGE)
    cards = [{"question": _question(asked, n)} for n in range(1, count + 1)]
    return pages_of(cards, CARDS_A_PAGE)


def faces(meetup: Meetup) -> list[Sequence[dict[str, object]]]:
    """Those who agreed, and only those; without a picture, the first letter."""
    agreed = meetup.invitations.coming().filter(
        professional__consents__kind=ConsentKind.TROMBINOSCOPE
    )
    people = agreed.with_person().select_related("professional__portrait")
    found = [_face(one) for one in sorted(people, key=_by_first_name)]
    return pages_of(found, FACES_A_PAGE)


def _face(guest: Invitation) -> dict[str, object]:
    who = guest.professional
    portrait = getattr(who, "portrait", None)
    return {
        "first_name": who.first_name,
        "letter": who.first_name[:1].upper(),
        "trade": who.trade,
        "what_i_do": who.what_i_do,
        "image": f"portrait-{who.pk}.jpg" if portrait else "",
        "jpeg": bytes(portrait.jpeg) if portrait else b"",
    }


def images(values: dict[str, Any]) -> dict[str, bytes]:
    """The pictures that the documents show, by the name under which they ask."""
    shown = [face for page in values.get("trombinoscope", ()) for face in page]
    return {face["image"]: face["jpeg"] for face in shown if face["image"]}
