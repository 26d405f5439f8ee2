"""What follows a meal, played: papers, thanks, a certificate, a word to an employer."""

from django.urls import reverse
from django.utils import timezone

from invitations.models import Delivery, DeliveryKind
from networking.models import Meetup
from reports import kit
from reports.demo.browser import Browser
from reports.demo.filling import deliver_all
from reports.demo.folder import Folder, Letter, link


def play(address: str, folder: Folder, organiser: Browser, meetup: Meetup) -> None:
    with folder.writes("Tout ce qui s’imprime, d’un seul bouton"):
        path = reverse("documents_pdf", args=(meetup.pk,))
        asked = "&".join(f"doc={key}" for key in kit.KEYS)
        name = folder.number_for("documents")
        folder.write(f"{name}.pdf", organiser.open(f"{path}?{asked}").content)
    with folder.writes("Le lendemain\u202f: merci"):
        thanks = Delivery.objects.waiting().filter(kind=DeliveryKind.THANKS)
        thanks.update(due_at=timezone.now())
        deliver_all()
        letters = folder.take("merci")
    with folder.writes("Une attestation, et un mot à l’employeur"):
        certify(address, folder, next(iter(letters.values())))


def certify(address: str, folder: Folder, letter: Letter) -> None:
    guest, page_of = Browser(address), link(letter)
    page = guest.open(f"{page_of}attestation/")
    guest.submit(page, page.form("last_name"), last_name="Valombre")
    paper = guest.open(f"{page_of}attestation.pdf")
    folder.write(f"{folder.number_for('attestation')}.pdf", paper.content)
    page = guest.open(f"{page_of}employeur/")
    guest.submit(
        page,
        page.form("email"),
        name="SAD Les Trois Sources",
        email="planning@sad-trois-sources.example",
    )
    deliver_all()
    folder.take("mot-a-l-employeur")
