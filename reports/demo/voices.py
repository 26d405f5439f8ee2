"""What people of the demonstration say after their meals, and tell each other."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from django.utils import timezone

from invitations.models import Invitation
from networking.models import Meetup
from reports.actions.news import decide_good_news, publish_good_news, tell_good_news
from reports.actions.opinions import Said, give_opinion, release_opinions
from reports.forms.voices import trades_at
from reports.models import AtEase, GoodNews, Moderation, Opinion, WhatNext

# How many of a table answer: one of them too few to be read alone.
SPOKE = (9, 8, 4, 10, 7, 9, 6, 8)
EASE = [AtEase.YES] * 7 + [AtEase.SOMEWHAT] * 2 + [AtEase.NO]
AFTER = (
    [WhatNext.AGAIN] * 4 + [WhatNext.PEOPLE] * 3 + [WhatNext.TOPIC, WhatNext.NOTHING]
)
WORDS = (
    "J’ai enfin un visage pour la voix du téléphone.",
    "Un peu bruyant au fond de la salle.",
    "On m’a écoutée jusqu’au bout, sans regarder l’heure.",
    "Je reviens, et j’amène une collègue.",
    "Parler des week-ends, la prochaine fois\u202f?",
    "Rien à changer. Si, le café.",
)
# Text, whether signed, and how it stands; the oldest first.
NEWS = (
    ("Notre équipe a une nouvelle collègue. Elle arrive lundi.", True, "shown"),
    ("La pharmacie ouvre maintenant le samedi après-midi.", False, "shown"),
    ("J’ai mon diplôme\u202f! Merci à celles qui m’ont fait réviser.", True, "shown"),
    ("Un banc tout neuf devant la maison de quartier.", False, "hidden"),
    ("Nous avons trouvé une salle sans marche, et elle est gratuite.", True, "waiting"),
    ("Le jardin partagé cherche des bras, et il a déjà des tomates.", False, "waiting"),
)
OF_THE_TEAM = "Trois numéros directs de plus sur notre liste. Merci à vous."


def make(rng: Random, meetups: Sequence[Meetup]) -> None:
    for meetup, many in zip(meetups, SPOKE, strict=False):
        speak(rng, meetup, many)
    release_opinions(timezone.now())
    said = Opinion.objects.released().exclude(words="")
    for one in said.exclude(words__in=WORDS[1::4]):
        Opinion.objects.filter(pk=one.pk).update(moderation=Moderation.SHOWN)
    for meetup in {one.circle_id: one for one in meetups}.values():
        tell(meetup)


def speak(rng: Random, meetup: Meetup, many: int) -> None:
    there = list(
        meetup.attendances.there()
        .filter(invitation__isnull=False)
        .select_related("meetup")
    )
    trades = [key for key, _ in trades_at(meetup)]
    some = iter(rng.sample(WORDS, len(WORDS)))
    for presence in rng.sample(there, min(many, len(there))):
        found = [key for key in trades if key != presence.profession_id]
        words = next(some, "") if rng.random() < 0.3 else ""
        said = Said(
            at_ease=rng.choice(EASE).value,
            discovered=rng.choice(found) if rng.random() < 0.8 else "",
            what_next=rng.choice(AFTER).value,
            words=words,
        )
        give_opinion(presence=presence, said=said)


def tell(meetup: Meetup) -> None:
    """At the last meal of a circle, by those who were there."""
    guests = Invitation.objects.filter(
        meetup=meetup, attendance__presence="present"
    ).order_by("professional__search_name", "pk")
    now = timezone.now()
    for number, (guest, told) in enumerate(zip(guests, NEWS, strict=False)):
        text, is_signed, state = told
        news = tell_good_news(invitation=guest, text=text, is_signed=is_signed)
        if state != Moderation.WAITING:
            shown = state == Moderation.SHOWN
            decide_good_news(news=news, shown=shown, user=meetup.organiser)
        written = now - timedelta(days=len(NEWS) - number)
        GoodNews.objects.filter(pk=news.pk).update(created_at=written)
    publish_good_news(circle=meetup.circle, text=OF_THE_TEAM, user=meetup.organiser)
