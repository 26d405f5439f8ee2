"""Good news: written by guests and by the team, read by the team before the circle."""

from django.db import transaction

from invitations.models import Invitation
from networking.models import Circle, Professional, User
from reports.actions.letters import strike_letters, untell
from reports.freezing import named
from reports.models import GoodNews, Moderation

MOST_EACH = 3


class EnoughNews(Exception):
    """Three per person and meal."""


def tell_good_news(*, invitation: Invitation, text: str, is_signed: bool) -> GoodNews:
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.good_news.count() >= MOST_EACH:
            raise EnoughNews
        return GoodNews.objects.create(
            circle=invitation.meetup.circle,
            invitation=invitation,
            text=text,
            is_signed=is_signed,
        )


def publish_good_news(*, circle: Circle, text: str, user: User) -> GoodNews:
    """Of the team itself: nobody has to read it again."""
    return GoodNews.objects.create(
        circle=circle, text=text, moderation=Moderation.SHOWN, decided_by=user
    )


def decide_good_news(*, news: GoodNews, shown: bool, user: User) -> None:
    with transaction.atomic():
        news.moderation = Moderation.SHOWN if shown else Moderation.HIDDEN
        news.decided_by = user
        news.save(update_fields=("moderation", "decided_by"))
        if not shown:
            untell(GoodNews.objects.filter(pk=news.pk))


def take_back_good_news(*, invitation: Invitation, key: int) -> None:
    """Published or not, it is its writer's; twice changes nothing more."""
    with transaction.atomic():
        mine = invitation.good_news.filter(pk=key)
        untell(mine)
        mine.delete()


def unsign_good_news(person: Professional) -> None:
    """Of somebody who is erased: what names them goes, the rest stays as nobody's."""
    names = [person.first_name], [(person.first_name, person.last_name)]
    mine = GoodNews.objects.filter(invitation__professional=person)
    untell(mine)
    strike_letters(mine)
    for news in mine:
        if named(news.text, *names):
            news.delete()
        else:
            news.is_signed, news.invitation = False, None
            news.save(update_fields=("is_signed", "invitation"))
