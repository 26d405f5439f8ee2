from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from networking.perms import SignedInRequest, can_record
from networking.templatetags.french import plural
from reports.actions import is_recordable
from reports.actions.taps import Outcome, receive
from reports.forms.arrivals import trade_choices
from reports.forms.rekeying import read
from reports.views import visible_meetup


@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def rekey(request: SignedInRequest, pk: int) -> HttpResponse:
    """In the order and with the numbers of the paper sheet, one save for all."""
    meetup = visible_meetup(request, pk)
    if not can_record(request.user, meetup):
        raise PermissionDenied
    is_post = request.method == "POST"
    sheet = read(meetup, request.POST if is_post else None)
    if is_post and not sheet.errors and is_recordable(meetup):
        gestures = sheet.gestures()
        outcomes = receive(meetup=meetup, gestures=gestures, user=request.user)
        done = sum(outcome == Outcome.DONE for outcome in outcomes.values())
        said = plural(done, "ligne notée,lignes notées") if done else "Rien à changer"
        messages.success(request, f"{said}.")
        return redirect("attendance", pk=pk)
    context = {
        "meetup": meetup,
        "sheet": sheet,
        "trades": trade_choices(meetup, "Choisir"),
        "is_recordable": is_recordable(meetup),
    }
    return render(request, "reports/rekey.html", context)
