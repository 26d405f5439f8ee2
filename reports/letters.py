"""« La lettre du cercle »: what there is to tell, and to whom. Nothing is stored but
the deliveries: their key says which month, their facts what was told already."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from django.db.models import Exists, OuterRef
from django.utils import timezone

from invitations.channels import may_be_told, takes_mail
from invitations.models import Delivery, DeliveryKind, Invitation
from invitations.models.deliveries import DeliveryQuerySet
from networking.models import Circle, Meetup, MeetupStatus, Membership, Suppression
from networking.models.addresses import address_hash
from reports.freezing import published_figures
from reports.masking import Published
from reports.models import Attendance, GoodNews
from venues.text import fold

# Older news are no news, even in a first letter.
RECENT = timedelta(days=75)
MOST_NEWS, MOST_DATES = 5, 3


class Facts(TypedDict):
    """For the next letters, which do not tell it again, and to write this one again
    as long as it waits."""

    news: list[int]
    meal: int | None
    sentences: list[str]


@dataclass(frozen=True)
class Letter:
    circle: Circle
    month: str
    written_at: datetime
    news: list[GoodNews]
    dates: list[Meetup]
    meal: Meetup | None
    figures: Published | None
    new_trades: list[str]
    sentences: list[str]

    @property
    def has_something(self) -> bool:
        """A date alone is no letter: the invitation tells it."""
        return bool(self.news or self.meal or self.sentences)

    @property
    def facts(self) -> Facts:
        meal = self.meal.pk if self.meal else None
        news = [one.pk for one in self.news]
        return Facts(news=news, meal=meal, sentences=self.sentences)


def month_of(now: datetime) -> str:
    return f"{timezone.localtime(now):%Y-%m}"


def key_of(circle: Circle, month: str, person: int | str = "") -> str:
    return f"digest:{circle.pk}:{month}:{person}"


def sent_in(circle: Circle, month: str) -> DeliveryQuerySet:
    """One row per reader of that month's letter."""
    rows = Delivery.objects.filter(kind=DeliveryKind.DIGEST)
    return rows.filter(key__startswith=key_of(circle, month))


def letter_of(circle: Circle, now: datetime, sentences: list[str]) -> Letter:
    told = told_already(circle)
    told_news = {pk for facts in told for pk in facts["news"]}
    told_meals = {facts["meal"] for facts in told}
    fresh = circle.good_news.shown().filter(created_at__gt=now - RECENT)
    meetups = Meetup.objects.filter(circle=circle).with_place()
    there = Attendance.objects.there().filter(meetup=OuterRef("pk"))
    held = meetups.filter(
        Exists(there), status=MeetupStatus.CLOSED, ends_at__gt=now - RECENT
    )
    meal = (
        held.exclude(pk__in=[pk for pk in told_meals if pk])
        .order_by("-starts_at")
        .first()
    )
    return Letter(
        circle=circle,
        month=month_of(now),
        written_at=now,
        news=list(fresh.exclude(pk__in=told_news)[:MOST_NEWS]),
        dates=list(meetups.planned().upcoming().filter(starts_at__gt=now)[:MOST_DATES]),
        meal=meal,
        figures=published_figures(meal) if meal else None,
        new_trades=new_trades(meal) if meal else [],
        sentences=sentences,
    )


def letter_again(circle: Circle, written_at: datetime, facts: Facts) -> Letter:
    """As `facts` say it was written, with what is still published of its news."""
    meetups = Meetup.objects.filter(circle=circle).with_place()
    meal = meetups.filter(pk=facts["meal"] or 0).first()
    coming = meetups.planned().upcoming().filter(starts_at__gt=written_at)
    return Letter(
        circle=circle,
        month=month_of(written_at),
        written_at=written_at,
        news=list(circle.good_news.shown().filter(pk__in=facts["news"])),
        dates=list(coming[:MOST_DATES]),
        meal=meal,
        figures=published_figures(meal) if meal else None,
        new_trades=new_trades(meal) if meal else [],
        sentences=facts["sentences"],
    )


def told_already(circle: Circle) -> list[Facts]:
    """One reader's facts per letter of the last months."""
    rows = Delivery.objects.filter(
        kind=DeliveryKind.DIGEST, key__startswith=f"digest:{circle.pk}:"
    )
    facts = {
        key.split(":")[2]: facts
        for key, facts in rows.order_by("pk").values_list("key", "facts")
    }
    return list(facts.values())


def new_trades(meal: Meetup) -> list[str]:
    """Those that sat at this circle's table for the first time."""
    earlier = Attendance.objects.there().filter(
        meetup__circle=meal.circle_id,
        meetup__starts_at__lt=meal.starts_at,
        profession=OuterRef("profession"),
    )
    there = meal.attendances.there().filter(~Exists(earlier))
    names = there.order_by().values_list("profession__activity", flat=True)
    # In mid-sentence; an abbreviation keeps its capitals.
    found = {n if n[:2].isupper() else n[:1].lower() + n[1:] for n in names}
    return sorted(found, key=fold)


def readers(circle: Circle) -> list[Invitation]:
    """Members who were invited in this circle, whom a mail reaches and who may be
    told, each by their latest invitation; alphabetically."""
    members = Membership.objects.filter(circle=circle).values("professional")
    invited = Invitation.objects.filter(
        meetup__circle=circle, professional__in=members
    ).select_related("professional", "meetup__circle", "meetup__organiser")
    latest = {
        one.professional_id: one for one in invited.order_by("meetup__starts_at", "pk")
    }
    told = [
        one
        for one in latest.values()
        if takes_mail(one.professional)
        and may_be_told(one.professional, DeliveryKind.DIGEST)
    ]
    stopped = suppressed(told)
    willing = [one for one in told if one.professional.email not in stopped]
    return sorted(willing, key=lambda one: (one.professional.search_name, one.pk))


def suppressed(invitations: list[Invitation]) -> set[str]:
    """Addresses among theirs that must not be written to, in one query."""
    emails = {one.professional.email for one in invitations}
    hashes = {address_hash(email): email for email in emails}
    rows = Suppression.objects.filter(address_hash__in=hashes)
    return {hashes[found] for found in rows.values_list("address_hash", flat=True)}
