"""Pure counting, from presences and never from answers. The figures of this module
stay in the team: what leaves goes through reports.masking."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from statistics import median

from django.conf import settings

from invitations.models import PartStat
from networking.models import Meetup, PracticeMode
from reports.models import Attendance, Presence
from reports.purge import NAMES_KEPT

NOT_SAID = "Non dit"
MODES = {
    **{mode.value: str(mode.label) for mode in PracticeMode},
    "": NOT_SAID,
}
MEMBERSHIP = {
    "yes": "Adhèrent à une CPTS",
    "no": "N’adhèrent à aucune",
    "": NOT_SAID,
}
ROUND = 5


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Numbers of people, apart from `structures`. `trades` counts those present by
    activity ("Soins infirmiers"), never by the free text of a person."""

    invited: int = 0
    answered: int = 0
    expected: int = 0
    present: int = 0
    walk_ins: int = 0
    first_timers: int = 0
    in_commune: int = 0
    structures: int = 0
    trades: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    membership: Counter[str] = field(default_factory=Counter)
    # How long people stayed, in the middle of them; only where times are noted.
    minutes: int | None = None


def count(meetup: Meetup) -> Figures:
    answers = meetup.invitations.tally()
    there = list(
        meetup.attendances.there()
        .select_related("profession", "invitation__professional")
        .order_by("pk")
    )
    invited = [a.invitation.professional for a in there if a.invitation]
    known = people_met_before(meetup)
    return Figures(
        invited=sum(answers.values()),
        answered=sum(answers.values()) - answers[PartStat.NEEDS_ACTION],
        expected=answers[PartStat.ACCEPTED],
        present=len(there),
        walk_ins=sum(a.presence == Presence.WALK_IN for a in there),
        first_timers=sum(person.pk not in known for person in invited),
        in_commune=sum(a.commune_id == meetup.venue.commune_id for a in there),
        structures=len({p.workplace_id for p in invited if p.workplace_id}),
        trades=Counter(a.profession.activity for a in there),
        modes=Counter(a.mode if a.mode in MODES else "" for a in there),
        membership=Counter(_membership(a) for a in there),
        minutes=stayed(there) if meetup.keeps_times else None,
    )


def _membership(attendance: Attendance) -> str:
    return {True: "yes", False: "no", None: ""}[attendance.in_cpts]


def stayed(there: list[Attendance]) -> int | None:
    """The median stay, to five minutes; not said of few people."""
    stays = [
        (a.left_at - a.arrived_at).total_seconds() / 60
        for a in there
        if a.arrived_at and a.left_at and a.left_at > a.arrived_at
    ]
    if len(stays) < settings.SMALLEST_COUNT:
        return None
    return round(median(stays) / ROUND) * ROUND


def people_of(meetup: Meetup, communes: Collection[str]) -> int:
    """How many of those present work in these communes."""
    return meetup.attendances.there().filter(commune__in=communes).count()


def people_met_before(meetup: Meetup) -> set[int]:
    """Keys of the professionals who sat at a table of any circle in the year before:
    older presences have lost their name."""
    earlier = Attendance.objects.there().filter(
        meetup__starts_at__lt=meetup.starts_at,
        meetup__starts_at__gte=meetup.starts_at - NAMES_KEPT,
        invitation__professional__invitations__meetup=meetup,
    )
    return set(earlier.values_list("invitation__professional", flat=True))


def presences(meetup: Meetup) -> dict[str, int]:
    """For the team: number of people per presence, and those who said yes and are
    not marked yet ("unmarked")."""
    marks = Counter(meetup.attendances.values_list("presence", flat=True))
    waiting = meetup.invitations.coming().filter(attendance=None).count()
    return {
        "present": marks[Presence.PRESENT] + marks[Presence.WALK_IN],
        "walk_ins": marks[Presence.WALK_IN],
        "excused": marks[Presence.EXCUSED],
        "absent": marks[Presence.ABSENT],
        "unmarked": waiting,
    }
