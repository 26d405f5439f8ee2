"""What waits, what left and what did not arrive."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from invitations import reminders
from invitations.actions import rewrite, send_now, take_back
from invitations.forms import WordsForm
from invitations.gsm import gsm_length
from invitations.mime import FrozenMessage
from invitations.models import (
    BY_PROGRAM,
    Delivery,
    DeliveryChannel,
    DeliveryStatus,
)
from invitations.models.deliveries import DeliveryQuerySet
from invitations.refusals import in_words
from invitations.views.meetups import ROWS, own_meetup, team_meetup
from networking.models import Meetup
from networking.perms import SignedInRequest, can_organise, team_required
from networking.templatetags.french import plural
from networking.tokens import PATTERN as TOKEN

PER_PAGE = 20
JUST_LEFT = "Ce message vient de partir. Il ne change plus."
Explained = list[tuple[Delivery, str]]


def shown(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    return rows.defer("mime", "text").select_related(
        "invitation__professional", "invitation__meetup", "told_by"
    )


def explained(rows: Iterable[Delivery]) -> Explained:
    """With what the server’s words mean."""
    return [(row, in_words(row.last_error)) for row in rows]


@require_safe
def deliveries(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = team_meetup(request, pk)
    rows = shown(Delivery.objects.filter(invitation__meetup=meetup))
    waiting = rows.waiting().order_by("due_at", "pk")
    done = rows.exclude(status__in=(DeliveryStatus.QUEUED, DeliveryStatus.FAILED))
    context = {
        "meetup": meetup,
        "waiting": waiting.filter(channel__in=BY_PROGRAM)[: ROWS * 5],
        "calls": rows.calls().count(),
        "planned": reminders.planned(meetup, timezone.now()),
        "failed": explained(rows.filter(status=DeliveryStatus.FAILED)[: ROWS * 5]),
        "done": explained(done[: ROWS * 5]),
    }
    return render(request, "invitations/deliveries.html", context)


@require_safe
@team_required
def outbox(request: SignedInRequest) -> HttpResponse:
    """The same for all the circles of the user, what waits and what failed first."""
    meetups = Meetup.objects.visible_to(request.user)
    rows = shown(Delivery.objects.filter(invitation__meetup__in=meetups))
    left = rows.filter(status=DeliveryStatus.SENT).order_by("-sent_at", "-pk")
    page = Paginator(left, PER_PAGE).get_page(request.GET.get("page"))
    waiting = rows.waiting().filter(channel__in=BY_PROGRAM).order_by("due_at", "pk")
    failed = rows.filter(status=DeliveryStatus.FAILED)
    context = {
        "waiting": waiting[:ROWS],
        "failed": explained(failed[:ROWS]),
        "page": page,
        "to_call": meetups_to_call(meetups),
    }
    return render(request, "invitations/outbox.html", context)


def meetups_to_call(meetups: QuerySet[Meetup]) -> list[tuple[Meetup, int]]:
    """Where a phone round waits, and for how many people."""
    calls = Delivery.objects.calls().filter(
        invitation__meetup__in=meetups, due_at__lte=timezone.now()
    )
    counts: dict[Meetup, int] = {}
    for call in calls.select_related("invitation__meetup").defer("mime", "text"):
        if call.invitation:
            meetup = call.invitation.meetup
            counts[meetup] = counts.get(meetup, 0) + 1
    return sorted(counts.items(), key=lambda item: item[0].starts_at)


@require_safe
def delivery(request: SignedInRequest, pk: int, delivery_pk: int) -> HttpResponse:
    """The very bytes that left, as a mail file."""
    meetup = own_meetup(request, pk)
    rows = Delivery.objects.filter(invitation__meetup=meetup)
    # After ninety days the text is purged, and the row has nothing to show.
    found = get_object_or_404(rows.exclude(mime=b""), pk=delivery_pk)
    response = HttpResponse(bytes(found.mime), content_type="message/rfc822")
    response.headers["Content-Disposition"] = 'attachment; filename="message.eml"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def read_delivery(request: SignedInRequest, pk: int, delivery_pk: int) -> HttpResponse:
    """One message in words, and what can still be done with it."""
    meetup = team_meetup(request, pk)
    rows = Delivery.objects.filter(invitation__meetup=meetup).select_related(
        "invitation__professional__profession", "told_by"
    )
    row = get_object_or_404(rows, pk=delivery_pk)
    organises = can_organise(request.user, meetup.circle)
    form = WordsForm(request.POST or None, initial={"words": row.words})
    if request.method == "POST":
        if not organises:
            raise PermissionDenied
        if done := act(request, meetup, row, form):
            return done
    context = {"meetup": meetup, "row": row, "form": form, "can_organise": organises}
    return render(request, "invitations/delivery.html", context | told(row, meetup))


def told(row: Delivery, meetup: Meetup) -> dict[str, object]:
    """The personal link is its reader's: it is not shown."""
    same = Delivery.objects.filter(invitation__meetup=meetup, kind=row.kind)
    return {
        "text": TOKEN.sub("…", text_of(row)).strip(),
        "parts": parts(row),
        "why": in_words(row.last_error),
        "same": same.waiting().count(),
    }


def text_of(row: Delivery) -> str:
    if row.channel != DeliveryChannel.EMAIL or not row.mime:
        return row.text
    frozen = bytes(row.mime)
    return str(FrozenMessage(frozen, sender=row.sender, recipient=row.recipient).body)


def parts(row: Delivery) -> int:
    """Messages that the network counts; 0 for what is no text message."""
    return gsm_length(row.text)[1] if row.channel == DeliveryChannel.SMS else 0


def act(
    request: SignedInRequest, meetup: Meetup, row: Delivery, form: WordsForm
) -> HttpResponse | None:
    """None when the words cannot be taken, and the page says why."""
    if "ecrire" in request.POST:
        if not form.is_valid():
            return None
        for_all = form.cleaned_data["scope"] == "toutes"
        count = rewrite(delivery=row, words=form.cleaned_data["words"], for_all=for_all)
        told = plural(count, "message réécrit,messages réécrits")
        say(request, count > 0, f"C’est enregistré\u202f: {told}.")
        return redirect("read_delivery", pk=meetup.pk, delivery_pk=row.pk)
    if "maintenant" in request.POST:
        say(request, send_now(delivery=row), "Le message part dans un instant.")
    elif "retirer" in request.POST:
        say(request, take_back(delivery=row), "Le message est retiré. Il ne part pas.")
    else:
        raise BadRequest("Unknown act on a message")
    return redirect("deliveries", pk=meetup.pk)


def say(request: SignedInRequest, done: bool, words: str) -> None:
    if done:
        messages.success(request, words)
    else:
        messages.info(request, JUST_LEFT)
