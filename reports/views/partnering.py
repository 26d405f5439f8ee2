from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from networking.perms import SignedInRequest, can_organise
from reports.forms.partnering import PartneringForm
from reports.views import visible_meetup


@require_http_methods(["GET", "HEAD", "POST"])
def partnering(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reference, missions, cost, hours: before the meal or after it."""
    meetup = visible_meetup(request, pk)
    if not can_organise(request.user, meetup.circle):
        raise PermissionDenied
    form = PartneringForm(request.POST or None, instance=meetup)
    if request.method == "POST" and form.is_valid():
        # Only these fields: what others changed meanwhile stays.
        form.instance.save(update_fields=PartneringForm.Meta.fields)
        messages.success(request, "C’est enregistré.")
        return redirect(meetup)
    context = {"meetup": meetup, "form": form}
    return render(request, "reports/partnering.html", context)
