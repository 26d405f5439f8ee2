from datetime import timedelta

import pytest
from django.utils import timezone

from invitations.models import Invitation, PartStat
from networking.models import Meetup, Professional
from reports.actions import record_presence
from reports.figures import count, presences
from reports.models import Attendance, Presence
from tests.factories import (
    CommuneFactory,
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
    WorkplaceFactory,
)

pytestmark = pytest.mark.django_db


def guest(
    meetup: Meetup,
    person: Professional,
    presence: Presence | None,
    answer: PartStat = PartStat.ACCEPTED,
) -> Invitation:
    invitation = InvitationFactory(meetup=meetup, professional=person, partstat=answer)
    if presence:
        Attendance.objects.create(
            meetup=meetup,
            invitation=invitation,
            first_name=person.first_name,
            profession=person.profession,
            commune=person.commune,
            presence=presence,
        )
    return invitation


def test_presences_are_counted_and_answers_are_not(meetup: Meetup) -> None:
    guest(meetup, ProfessionalFactory(), Presence.PRESENT)
    guest(meetup, ProfessionalFactory(), Presence.PRESENT, PartStat.DECLINED)
    guest(meetup, ProfessionalFactory(), Presence.EXCUSED)
    guest(meetup, ProfessionalFactory(), Presence.ABSENT)
    guest(meetup, ProfessionalFactory(), None, PartStat.NEEDS_ACTION)
    meetup.attendances.create(
        presence=Presence.WALK_IN, first_name="Karim", profession=ProfessionFactory()
    )
    figures = count(meetup)
    assert (figures.invited, figures.answered, figures.expected) == (5, 4, 3)
    assert (figures.present, figures.walk_ins) == (3, 1)
    assert figures.trades == {"Soins infirmiers": 3}


def test_trades_are_counted_by_activity_never_by_free_words(meetup: Meetup) -> None:
    other = ProfessionFactory(key="other", activity="Autre métier")
    for words in ("sophrologue", "musicothérapeute"):
        person = ProfessionalFactory(profession=other, profession_detail=words)
        guest(meetup, person, Presence.PRESENT)
    guest(meetup, ProfessionalFactory(), Presence.PRESENT)
    assert count(meetup).trades == {"Autre métier": 2, "Soins infirmiers": 1}


def test_who_sat_at_an_earlier_table_is_no_newcomer(meetup: Meetup) -> None:
    regular, excused_before, new = (ProfessionalFactory() for _ in range(3))
    earlier = MeetupFactory(starts_at=meetup.starts_at - timedelta(days=60))
    guest(earlier, regular, Presence.PRESENT)
    guest(earlier, excused_before, Presence.EXCUSED)
    later = MeetupFactory(starts_at=meetup.starts_at + timedelta(days=60))
    guest(later, new, Presence.PRESENT)
    for person in (regular, excused_before, new):
        guest(meetup, person, Presence.PRESENT)
    assert count(meetup).first_timers == 2


def test_who_comes_again_after_a_year_counts_as_the_names_are_kept(
    meetup: Meetup,
) -> None:
    """The same figure whether the hourly purge has passed or not."""
    within, long_ago = ProfessionalFactory(), ProfessionalFactory()
    for person, days in ((within, 364), (long_ago, 366)):
        starts_at = meetup.starts_at - timedelta(days=days)
        guest(MeetupFactory(starts_at=starts_at), person, Presence.PRESENT)
        guest(meetup, person, Presence.PRESENT)
    assert count(meetup).first_timers == 1


def test_structures_and_people_of_the_commune(meetup: Meetup) -> None:
    here, elsewhere = meetup.venue.commune, CommuneFactory()
    clinic, pharmacy = WorkplaceFactory(), WorkplaceFactory()
    for commune, workplace in ((here, clinic), (elsewhere, clinic), (here, pharmacy)):
        person = ProfessionalFactory(commune=commune, workplace=workplace)
        guest(meetup, person, Presence.PRESENT)
    guest(meetup, ProfessionalFactory(workplace=None), Presence.PRESENT)
    figures = count(meetup)
    assert (figures.structures, figures.in_commune) == (2, 2)


def test_an_empty_meetup_counts_zero_everywhere(meetup: Meetup) -> None:
    figures = count(meetup)
    assert figures.present == figures.invited == figures.first_timers == 0
    assert not figures.trades


def test_the_team_sees_who_is_still_to_be_marked(meetup: Meetup) -> None:
    guest(meetup, ProfessionalFactory(), Presence.PRESENT)
    guest(meetup, ProfessionalFactory(), None)
    guest(meetup, ProfessionalFactory(), None, PartStat.TENTATIVE)
    assert presences(meetup) == {
        "present": 1,
        "walk_ins": 0,
        "excused": 0,
        "absent": 0,
        "unmarked": 1,
    }


@pytest.mark.parametrize("presence", [Presence.PRESENT, Presence.ABSENT, None])
def test_coming_is_a_sign_of_life_and_being_marked_absent_is_none(
    presence: Presence | None,
) -> None:
    meetup = MeetupFactory(starts_at=timezone.now())
    long_ago = timezone.now() - timedelta(days=900)
    person = ProfessionalFactory(last_sign_at=long_ago)
    invitation = InvitationFactory(meetup=meetup, professional=person)
    record_presence(invitation=invitation, presence=presence, user=meetup.organiser)
    person.refresh_from_db()
    assert (person.last_sign_at > long_ago) is (presence == Presence.PRESENT)
