from datetime import timedelta

import pytest
from django.utils import timezone

from invitations.models import (
    AnswerChannel,
    AnswersClosed,
    Invitation,
    Outcome,
    PartStat,
    composition_of,
)
from networking.models import Meetup, User
from networking.tokens import fingerprint
from tests.factories import InvitationFactory, MeetupFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db


def test_an_answer_is_kept_with_its_moment_and_channel() -> None:
    invitation = InvitationFactory()
    assert invitation.rsvp(PartStat.ACCEPTED) == Outcome.NOTED
    invitation.refresh_from_db()
    assert invitation.partstat == PartStat.ACCEPTED
    assert invitation.answered_by == AnswerChannel.WEB
    assert timezone.now() - invitation.answered_at < timedelta(minutes=1)


def test_the_same_answer_twice_changes_nothing() -> None:
    invitation = InvitationFactory()
    invitation.rsvp(PartStat.ACCEPTED)
    first = Invitation.objects.get().answered_at
    assert invitation.rsvp(PartStat.ACCEPTED) == Outcome.SAME
    assert Invitation.objects.get().answered_at == first


def test_the_last_seat_is_given_once_and_the_next_person_waits() -> None:
    meetup = MeetupFactory(capacity=1)
    first, second = InvitationFactory(meetup=meetup), InvitationFactory(meetup=meetup)
    first.rsvp(PartStat.ACCEPTED)
    assert second.rsvp(PartStat.ACCEPTED) == Outcome.WAITING
    second.refresh_from_db()
    assert second.partstat == PartStat.TENTATIVE
    assert second.waiting_since is not None
    assert composition_of(meetup).free == 0


def test_a_waiting_person_takes_a_freed_seat_by_saying_yes_again() -> None:
    meetup = MeetupFactory(capacity=1)
    first, second = InvitationFactory(meetup=meetup), InvitationFactory(meetup=meetup)
    first.rsvp(PartStat.ACCEPTED)
    second.rsvp(PartStat.ACCEPTED)
    first.rsvp(PartStat.DECLINED)
    assert second.rsvp(PartStat.ACCEPTED) == Outcome.NOTED
    second.refresh_from_db()
    assert (second.partstat, second.waiting_since) == (PartStat.ACCEPTED, None)


def test_saying_yes_again_keeps_the_place_in_the_queue() -> None:
    meetup = MeetupFactory(capacity=0)
    first, second = InvitationFactory(meetup=meetup), InvitationFactory(meetup=meetup)
    for invitation in (first, second, first):
        assert invitation.rsvp(PartStat.ACCEPTED) == Outcome.WAITING
    assert list(meetup.invitations.waiting()) == [first, second]


def test_a_free_seat_belongs_to_those_who_wait() -> None:
    meetup = MeetupFactory(capacity=0)
    waiting, late = InvitationFactory(meetup=meetup), InvitationFactory(meetup=meetup)
    waiting.rsvp(PartStat.ACCEPTED)
    Meetup.objects.update(capacity=1)
    assert late.rsvp(PartStat.ACCEPTED) == Outcome.WAITING
    assert waiting.rsvp(PartStat.ACCEPTED) == Outcome.NOTED


def test_the_team_may_decide_otherwise() -> None:
    meetup = MeetupFactory(capacity=0)
    waiting, late = InvitationFactory(meetup=meetup), InvitationFactory(meetup=meetup)
    waiting.rsvp(PartStat.ACCEPTED)
    Meetup.objects.update(capacity=1)
    assert late.rsvp(PartStat.ACCEPTED, by=AnswerChannel.TEAM) == Outcome.NOTED


def test_a_table_of_zero_seats_takes_nobody() -> None:
    invitation = InvitationFactory(meetup=MeetupFactory(capacity=0))
    assert invitation.rsvp(PartStat.ACCEPTED) == Outcome.WAITING


@pytest.mark.parametrize("what", ["cancelled", "closed", "over"])
def test_no_answer_is_taken_after_the_end(what: str) -> None:
    meetup = MeetupFactory()
    invitation = InvitationFactory(meetup=meetup)
    if what == "cancelled":
        meetup.cancel("La salle est inondée.")
    elif what == "closed":
        meetup.close()
    else:
        moment = timezone.now() - timedelta(days=1)
        Meetup.objects.update(starts_at=moment - timedelta(hours=2), ends_at=moment)
    with pytest.raises(AnswersClosed):
        invitation.rsvp(PartStat.ACCEPTED)
    invitation.refresh_from_db()
    assert invitation.partstat == PartStat.NEEDS_ACTION


def test_an_answer_noted_by_the_team_says_by_whom(bruno: User) -> None:
    invitation = InvitationFactory()
    invitation.rsvp(PartStat.DECLINED, by=AnswerChannel.TEAM, recorded_by=bruno)
    invitation.refresh_from_db()
    assert (invitation.answered_by, invitation.recorded_by) == ("team", bruno)


def test_inviting_twice_makes_one_invitation() -> None:
    meetup, person = MeetupFactory(), ProfessionalFactory()
    assert len(Invitation.objects.invite(meetup, [person])) == 1
    assert Invitation.objects.invite(meetup, [person]) == []


def test_the_database_holds_no_live_link() -> None:
    invitation = InvitationFactory()
    assert len(invitation.token) == 26
    assert invitation.token_hash == fingerprint(invitation.token)
    assert invitation.token not in str(Invitation.objects.values().get())


def test_a_link_written_in_capitals_still_works() -> None:
    invitation = InvitationFactory()
    found = Invitation.objects.for_token(invitation.token.upper())
    assert found.get() == invitation


def test_a_new_version_of_the_link_revokes_the_old_one() -> None:
    invitation = InvitationFactory()
    old = invitation.token
    invitation.token_version += 1
    invitation.token_hash = fingerprint(invitation.token)
    invitation.save()
    assert not Invitation.objects.for_token(old).exists()
    assert Invitation.objects.for_token(invitation.token).exists()


def test_reply_address_and_link_have_different_tokens() -> None:
    invitation = InvitationFactory()
    assert invitation.token not in invitation.reply_address
