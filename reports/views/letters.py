"""The circle's letter: written and sent by who organises, stopped by who reads it."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from invitations.actions import stop_writing
from invitations.departures import MORNING
from invitations.links import guarded
from invitations.models import DeliveryStatus, Invitation
from networking.models import Circle
from networking.perms import SignedInRequest, can_organise
from networking.templatetags.french import plural
from networking.tokens import PATTERN, derive
from reports.actions.letters import (
    AlreadyThisMonth,
    NothingToSay,
    send_letter,
    take_letter_back,
)
from reports.forms.voices import LetterForm
from reports.letters import Letter, letter_of, month_of, readers, sent_in
from reports.mails.letters import circle_letter

METHODS = ["GET", "HEAD", "POST"]


@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]
@require_http_methods(METHODS)
def letter(request: SignedInRequest, pk: int) -> HttpResponse:
    """The preview is the mail itself, for its first reader, in words."""
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    organises = can_organise(request.user, circle)
    if request.method == "POST" and not organises:
        raise PermissionDenied
    now = timezone.now()
    if "retirer" in request.POST:
        take_back(request, circle, now)
        return redirect("circle_letter", pk=pk)
    form = LetterForm(request.POST or None)
    sentences = form.cleaned_data["sentences"] if form.is_valid() else []
    written = letter_of(circle, now, sentences)
    if "envoyer" in request.POST and form.is_valid() and send(request, written):
        return redirect("circle_letter", pk=pk)
    return render(
        request,
        "reports/circle_letter.html",
        page_of(request, written) | {"form": form, "can_organise": organises},
    )


@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": [],
    }
)
@require_safe
def circle_letter_mail(request: SignedInRequest, pk: int) -> HttpResponse:
    """As its first reader's mail program shows it, without their personal link."""
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    form = LetterForm(request.GET)
    sentences = form.cleaned_data["sentences"] if form.is_valid() else []
    written = letter_of(circle, timezone.now(), sentences)
    reader = next(iter(readers(circle)), None)
    if reader is None:
        raise Http404
    mail = circle_letter(written, reader, request.user)
    html = str(mail.alternatives[0][0])
    return HttpResponse(PATTERN.sub("…", html))


def page_of(request: SignedInRequest, written: Letter) -> dict[str, object]:
    circle, told = written.circle, readers(written.circle)
    rows = list(
        sent_in(circle, written.month).values_list("status", "due_at", "attempts")
    )
    waiting = [row for row in rows if row[0] == DeliveryStatus.QUEUED]
    mail = circle_letter(written, told[0], request.user) if told else None
    return {
        "circle": circle,
        "letter": written,
        "readers": told,
        "first": told[0].professional if told else None,
        "mail": mail,
        "text": PATTERN.sub("…", str(mail.body)).strip() if mail else "",
        "rows": len(rows),
        "leaves_at": waiting[0][1] if waiting else None,
        "may_take_back": bool(rows) and len(waiting) == len(rows),
        "tomorrow": tomorrow(written.written_at),
        "query": urlencode({"sentences": "\n".join(written.sentences)}),
    }


def tomorrow(now: datetime) -> datetime:
    day = timezone.localtime(now).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, MORNING))


def send(request: SignedInRequest, written: Letter) -> bool:
    later = request.POST.get("partir") == "demain"
    due_at = tomorrow(written.written_at) if later else None
    try:
        count = send_letter(letter=written, by=request.user, due_at=due_at)
    except NothingToSay:
        messages.error(request, "Il n’y a rien à raconter. Écrivez une phrase.")
        return False
    except AlreadyThisMonth:
        messages.info(request, "La lettre de ce mois-ci est déjà faite.")
        return True
    people = plural(count, "personne")
    messages.success(request, f"C’est fait. La lettre part à {people}.")
    return True


def take_back(request: SignedInRequest, circle: Circle, now: datetime) -> None:
    if take_letter_back(circle=circle, month=month_of(now)):
        messages.success(request, "La lettre ne part pas. Vous pouvez la refaire.")
    else:
        messages.error(request, "Trop tard\u202f: la lettre est partie.")


@login_not_required
@guarded
@require_http_methods(METHODS)
def stop_letter(request: HttpRequest, key: UUID, token: str) -> HttpResponse:
    """A scanner that opens the link changes nothing: a button says stop."""
    reader = get_object_or_404(
        Invitation.objects.select_related("professional"), key=key
    )
    expected = derive("stop", reader.key, reader.token_version)
    if not constant_time_compare(token.lower(), expected):
        raise Http404
    if request.method == "POST":
        stop_writing(person=reader.professional)
    context = {"guest": reader.professional, "done": request.method == "POST"}
    return render(request, "reports/stop_letter.html", context)
