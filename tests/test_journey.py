"""One invitation from end to end. Start reading here.

Amina organises, Chloé is invited, Mme Eloy is the town hall's clerk.
"""

import re
from collections.abc import Callable
from datetime import date

import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from invitations.outbox import deliver_due
from networking.models import Circle, Meetup, Professional, User
from tests.factories import PartnerFactory, UserFactory, VenueFactory

DAY = date(2026, 12, 10)
LUNCH = {"starts": "12:15", "ends": "13:45", "title": "Le déjeuner du Biollay"}
PROPOSED = {"capacity": 14, "meal_paid_by": "association"}


@time_machine.travel("2026-11-20 09:00 +0100")
def test_the_story_of_one_lunch(
    circle: Circle,
    amina: User,
    chloe: Professional,
    client: Client,
    signed_in: Callable[[User], Client],
    mailoutbox: list[EmailMessage],
) -> None:
    venue, eloy = VenueFactory(), UserFactory(first_name="Mme Eloy")
    town_hall = PartnerFactory(communes=[venue.commune], members=[eloy])

    # Amina plans a lunch, and invites.
    team = signed_in(amina)
    answers = {"on": DAY.isoformat(), "venue": venue.pk, **LUNCH, **PROPOSED}
    team.post(reverse("meetup_create"), answers)
    meetup = Meetup.objects.get()
    guests = {"people": [chloe.pk], "envoyer": "1"}
    team.post(reverse("preview_invitation", args=[meetup.pk]), guests)

    # The worker sends. Chloé opens the link of her mail, and says yes.
    assert deliver_due("worker") == 1
    (link,) = set(re.findall(r"/i/\w{26}/", mailoutbox[0].body))
    assert "Oui, je viens" in client.get(link).content.decode()
    page = client.post(link, {"reponse": "oui"}, follow=True)
    assert "C’est noté, Chloé. À jeudi" in page.content.decode()

    # On the day: the sheet to sign, and one touch when Chloé comes in.
    with time_machine.travel("2026-12-10 12:30 +0100"):
        team, guest = signed_in(amina), meetup.invitations.get()
        sheet = team.get(reverse("sheet_pdf", args=[meetup.pk]))
        assert sheet.content.startswith(b"%PDF-")
        mark = reverse("record_attendance", args=[meetup.pk, guest.pk])
        team.post(mark, {"presence": "present"})

        # Afterwards: Amina closes and reports, Mme Eloy reads.
        team.post(reverse("close_meetup", args=[meetup.pk]))
        report = {"partner": town_hall.pk, "quotes": "On se connaît enfin."}
        team.post(reverse("issue_report", args=[meetup.pk]), report)
        clerk = signed_in(eloy)
        found = clerk.get(reverse("partner_reports"))
        assert "Le déjeuner du Biollay" in found.content.decode()
        assert "Chloé" not in found.content.decode()
        pdf = clerk.get(meetup.reports.get().get_absolute_url())
        assert pdf.content.startswith(b"%PDF-")
