"""One meetup from its first idea to its report, played by people in browsers.

Every mail crosses a mail server, every answer a web server; only the calendar is
turned by hand, since nobody waits three weeks for a demonstration.
"""

import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from invitations.actions.replies import receive
from invitations.models import Delivery
from invitations.reminders import moments, queue_due
from networking.models import Channel, Meetup, Partner, Professional
from reports.demo import afterwards, answers, days, scratch, words
from reports.demo.browser import Browser
from reports.demo.cast import chance, make_cast
from reports.demo.filling import deliver_all
from reports.demo.folder import Folder, Letter, Step, found, link
from venues.models import Booking, Venue

GUESTS, OTHERS = 8, 3
WEEK = timedelta(weeks=1)
CODE = re.compile(r"\b\d{6}\b")
QUOTES = "Je connaissais sa voix depuis trois ans. Je connais son visage.\nOn revient."
STEPS = "Une liste des numéros directs.\nInviter une personne du centre social."
REASON = "La salle est inondée. Nous proposons une autre date dès que possible."

Letters = dict[str, Letter]


def play(path: Path, tell: Callable[[Step], None]) -> None:
    """Write everything into `path`, and `tell` each step when it is done."""
    with scratch.site() as (address, mail):
        story = Story(address, Folder(path, mail, tell))
        story.sign_in()
        letters = story.first_meetup()
        story.changes(letters)
        story.the_day()
        story.second_meetup()
        story.small_table()
        afterwards.play(address, story.folder, story.amina, story.first)


class Story:
    def __init__(self, address: str, folder: Folder) -> None:
        self.address, self.folder = address, folder
        with folder.writes("Une base neuve, avec ses cercles et ses lieux"):
            cast = make_cast(chance())
        self.circle = cast.circles["biollay"]
        self.venues = cast.venues
        self.people = pick(cast.people["biollay"])
        self.amina = Browser(address)
        self.meetup = self.first = Meetup()

    def sign_in(self) -> None:
        with self.folder.writes("Amina se connecte avec un code"):
            page = self.amina.open(reverse("account_request_login_code"))
            form = page.form("email")
            page = self.amina.submit(page, form, email="amina@parentheses.example")
            code = found(CODE, self.folder.take("code")["amina"])
            self.amina.submit(page, page.form("code"), code=code)

    def first_meetup(self) -> Letters:
        people = self.people[:GUESTS]
        with self.folder.writes("Amina prépare la rencontre et invite"):
            self.meetup = self.plan(words.LUNCH_BIOLLAY, words.CARREFOUR, 0)
            self.invite(people)
            deliver_all()
            letters = self.folder.take("invitation")
        with self.folder.writes("Les personnes répondent sur leur page"):
            self.answer(letters, ("non", "peut", *["oui"] * 5))
            stem = self.folder.number_for("agenda")
            for name, letter in list(letters.items())[:2]:
                page = Browser(self.address).open(f"{link(letter)}agenda.ics")
                self.folder.write(f"{stem}-{name}.ics", page.content)
        return letters

    def plan(self, title: str, venue: str, turn: int, capacity: str = "14") -> Meetup:
        """With the form, as it is filled in by itself."""
        path = f"{reverse('meetup_create')}?cercle={self.circle.pk}"
        page = self.amina.open(path)
        self.amina.submit(
            page,
            page.form("on", "title"),
            on=days.coming(turn + 2)[turn].isoformat(),
            venue=str(self.venues[venue].pk),
            title=title,
            capacity=capacity,
            meal_paid_by="association",
            message=words.MESSAGE_BIOLLAY,
        )
        return Meetup.objects.latest("pk")

    def invite(self, people: Sequence[Professional]) -> None:
        page = self.amina.open(reverse("choose_guests", args=(self.meetup.pk,)))
        chosen = [str(person.pk) for person in people]
        page = self.amina.submit(page, page.form("people"), people=chosen)
        self.amina.submit(page, page.form("people", "envoyer"), envoyer="1")

    def answer(self, letters: Letters, answers: Sequence[str]) -> None:
        for letter, word in zip(letters.values(), answers, strict=False):
            guest = Browser(self.address)
            page = guest.open(f"{link(letter)}?changer=1")
            guest.submit(page, page.form("reponse"), reponse=word)

    def changes(self, letters: Letters) -> None:
        with self.folder.writes("L’heure change"):
            self.move(starts="12:30", ends="14:00")
            moved = self.folder.take("nouvelle-heure")
            self.answer(moved, ["oui"] * 2)
        with self.folder.writes("D’autres répondent depuis leur agenda"):
            self.answer_by_calendar(moved)
        with self.folder.writes("Le lieu change"):
            self.move(venue=str(self.venues[words.GRAND_VERGER].pk))
            self.folder.take("nouveau-lieu")
        with self.folder.writes("Driss demande une place, Amina la donne"):
            self.give_a_seat()
            self.folder.take("place")
        with self.folder.writes("Une relance douce, pour qui n’a pas répondu"):
            self.remind()
            self.folder.take("relance")

    def answer_by_calendar(self, letters: Letters) -> None:
        """Two answers, a proposal, and a mail that never arrived, as they come back."""
        yes, no, other, lost = list(letters.values())[2:6]
        came = {
            "oui": answers.calendar_reply(yes, "ACCEPTED", 1),
            "non": answers.calendar_reply(no, "DECLINED", 2),
            "autre-date": answers.calendar_counter(other, timedelta(days=1), 3),
            "pas-arrive": answers.bounce(lost, 4),
        }
        stem = self.folder.number_for("reponse")
        for name, content in came.items():
            self.folder.write(f"{stem}-{name}.eml", content)
            receive(content)
        wait_a_second()
        self.answer({"other": other}, ["oui"])

    def move(self, **values: str) -> None:
        wait_a_second()
        page = self.amina.open(reverse("move_meetup", args=(self.meetup.pk,)))
        self.amina.submit(page, page.form("on", "venue"), **values)
        deliver_all()

    def give_a_seat(self) -> None:
        driss = Browser(self.address)
        page = driss.open(reverse("public_meetup", args=(self.meetup.pk,)))
        driss.submit(
            page,
            page.form("first_name", "website"),
            first_name="Driss",
            last_name="Valombre",
            profession="adult_foster_carer",
            email="driss.valombre@courrier.example",
        )
        page = self.amina.open(self.meetup.get_absolute_url())
        form = page.form("donner", action="/demande/")
        self.amina.submit(page, form, donner="1")
        deliver_all()

    def remind(self) -> None:
        """Invited some days ago, and it is noon seven days before."""
        self.meetup.refresh_from_db()
        _, noon = next(moments(self.meetup))
        earlier = noon - timedelta(days=4)
        Delivery.objects.update(created_at=earlier, sent_at=earlier)
        queue_due(noon)
        Delivery.objects.waiting().update(due_at=timezone.now())
        deliver_all()

    def the_day(self) -> None:
        with self.folder.writes("Le jour même\u202f: la feuille, les présences"):
            self.turn_the_calendar()
            self.keep("feuille", "pdf", reverse("sheet_pdf", args=(self.meetup.pk,)))
            self.mark_presences()
            self.first = self.meetup
        with self.folder.writes("La fin, et les bilans"):
            page = self.amina.open(reverse("close_meetup", args=(self.meetup.pk,)))
            self.amina.submit(page, page.form(method="post"))
            self.report()

    def turn_the_calendar(self) -> None:
        """Whole weeks back: the same day of the week and the same hour, just past."""
        now = timezone.now()
        weeks = (self.meetup.ends_at - now) // WEEK + 1
        starts_at = self.meetup.starts_at - weeks * WEEK
        ends_at = self.meetup.ends_at - weeks * WEEK
        moments = {"starts_at": starts_at, "ends_at": ends_at}
        Meetup.objects.filter(pk=self.meetup.pk).update(**moments)
        Booking.objects.filter(meetup=self.meetup).update(**moments)

    def mark_presences(self) -> None:
        address = reverse("attendance", args=(self.meetup.pk,))
        marks = ["excused"] + ["present"] * (GUESTS - 1)
        coming = self.meetup.invitations.coming().order_by("pk")
        for guest, mark in zip(coming, marks, strict=False):
            page = self.amina.open(address)
            form = page.form(action=f"/presences/{guest.pk}/")
            self.amina.submit(page, form, presence=mark)
        page = self.amina.open(address)
        form = page.form("first_name")
        self.amina.submit(page, form, first_name="Ombeline", profession="volunteer")

    def report(self) -> None:
        venue = Venue.objects.get(bookings__meetup=self.meetup)
        stem = self.folder.number_for("bilan")
        for partner in Partner.objects.filter(communes=venue.commune_id):
            page = self.amina.open(reverse("issue_report", args=(self.meetup.pk,)))
            self.amina.submit(
                page,
                page.form("quotes"),
                partner=str(partner.pk),
                quotes=QUOTES,
                next_steps=STEPS,
                cost="7,40",
            )
            issued = partner.reports.get(meetup=self.meetup)
            pdf = self.amina.open(issued.get_absolute_url())
            self.folder.write(f"{stem}-{partner.kind}.pdf", pdf.content)
        deliver_all()
        self.folder.take("bilan-par-e-mail")

    def second_meetup(self) -> None:
        with self.folder.writes("Une autre rencontre, puis son annulation"):
            self.meetup = self.plan("Le goûter du Biollay", words.SOURCE, 1)
            self.invite(self.people[GUESTS:])
            deliver_all()
            self.answer(self.folder.take("autre-invitation"), ("oui", "non"))
            wait_a_second()
            page = self.amina.open(reverse("cancel_meetup", args=(self.meetup.pk,)))
            self.amina.submit(page, page.form("reason"), reason=REASON)
            deliver_all()
            self.folder.take("annulation")

    def small_table(self) -> None:
        """One seat that is given back, and two that an employer fills."""
        with self.folder.writes("Une petite table\u202f: une place se libère"):
            self.meetup = self.plan("Le café du Biollay", words.LAVOIR, 2, "1")
            self.invite(self.people[GUESTS:])
            deliver_all()
            letters = self.folder.take("petite-invitation")
            self.answer(letters, ("oui", "oui", "non"))
            self.answer(dict(list(letters.items())[:1]), ("non",))
            deliver_all()
            self.folder.take("place-proposee")
        with self.folder.writes("Deux places pour une structure, des cartes"):
            self.keep_seats()
            self.folder.take("structure")
            guest = self.meetup.invitations.concerned()[0]
            path = f"{reverse('cards_pdf', args=(self.meetup.pk,))}?pour={guest.pk}"
            self.keep("cartes", "pdf", path)
            self.keep("abonnement", "ics", reverse("public_feed"))

    def keep(self, title: str, kind: str, path: str) -> None:
        name = f"{self.folder.number_for(title)}.{kind}"
        self.folder.write(name, self.amina.open(path).content)

    def keep_seats(self) -> None:
        path = reverse("meetup_settings", args=(self.meetup.pk,))
        page = self.amina.open(path)
        self.amina.submit(page, page.form("capacity"), capacity="5")
        page = self.amina.open(reverse("composition", args=(self.meetup.pk,)))
        self.amina.submit(
            page,
            page.form("workplace_name"),
            workplace_name="SAD Les Trois Sources",
            seats="2",
            contact_name="Nora",
            contact_email="nora@sad-trois-sources.example",
            block="1",
        )
        deliver_all()


def wait_a_second() -> None:
    """Until the clock shows another second: calendars follow DTSTAMP, which knows no
    smaller step, and no person is this quick."""
    time.sleep(1 - time.time() % 1)


def pick(people: Sequence[Professional]) -> list[Professional]:
    """Of many trades, who like mail, and no first name twice."""
    trades = {one.profession_id: one for one in people if one.email and likes_mail(one)}
    names = {person.first_name: person for person in trades.values()}
    return list(names.values())[: GUESTS + OTHERS]


def likes_mail(person: Professional) -> bool:
    return person.channel == Channel.EMAIL
