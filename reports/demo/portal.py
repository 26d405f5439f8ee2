"""What partners received, opened and told: as if it had happened at its time."""

from datetime import datetime, timedelta

from invitations.models import Delivery, DeliveryKind
from networking.models import Partner, User
from reports.actions.portal import add_address, leave_notice
from reports.models import (
    Download,
    DownloadFormat,
    Frequency,
    NoticeKind,
    Report,
    ReportLink,
)
from reports.models.sendings import LINK_LIVES

SERVICE = "secretariat@mairie-chambery.example"
CLERK, NEIGHBOUR = "eloy@mairie-chambery.example", "lioret@mairie-cognin.example"
NEED = (
    "Des habitants nous disent qu’ils ne trouvent plus de kiné à domicile"
    " au-dessus de la gare. Pourriez-vous en inviter à la prochaine table\u202f?"
)
ROOM = (
    "La salle du Forgeron est libre le mardi et le jeudi midi. Vingt-quatre places,"
    " un évier, une rampe. L’accueil de la mairie a les clés."
)


def fill() -> None:
    for link in ReportLink.objects.select_related("report"):
        _turn_back(link)
    clerk = User.objects.get(email=CLERK)
    town_hall = Partner.objects.get(members__user=clerk)
    add_address(partner=town_hall, email=SERVICE, frequency=Frequency.QUARTERLY)
    _read(clerk, town_hall)
    _tell(CLERK, NoticeKind.NEED, NEED, None)
    _tell(NEIGHBOUR, NoticeKind.ROOM, ROOM, 24)


def _turn_back(link: ReportLink) -> None:
    """The link left with the report, and its mail was read and thrown away. Only the
    last one of each partner is still in the mailbox, as if it left today."""
    report = link.report
    if report == Report.objects.filter(partner=report.partner).latest("issued_at"):
        return
    link.created_at, link.expires_at = report.issued_at, report.issued_at + LINK_LIVES
    link.save(update_fields=("created_at", "expires_at"))
    Delivery.objects.filter(
        kind=DeliveryKind.REPORT, key=f"report:{report.pk}:{link.subscription_id}"
    ).delete()


def _read(clerk: User, town_hall: Partner) -> None:
    """She opens each one, by its link or with her account."""
    for number, report in enumerate(town_hall.reports.order_by("issued_at")):
        soon = report.issued_at + timedelta(hours=3 + number)
        _note(report, soon, link=report.links.first())
        if number % 2:
            _note(report, soon + timedelta(days=8), user=clerk)


def _note(report: Report, at: datetime, **reader: User | ReportLink | None) -> None:
    Download.objects.create(report=report, at=at, format=DownloadFormat.PDF, **reader)


def _tell(email: str, kind: NoticeKind, text: str, seats: int | None) -> None:
    user = User.objects.get(email=email)
    partner = Partner.objects.get(members__user=user)
    leave_notice(
        partner=partner,
        kind=kind,
        commune=partner.communes.all()[0],
        text=text,
        seats=seats,
        user=user,
    )
