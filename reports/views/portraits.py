"""Being on the trombinoscope, or not: the person's own choice, behind their link."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from invitations.links import personal
from invitations.models import Invitation
from networking.models import Professional
from reports.forms.portraits import PortraitForm
from reports.models import Consent, ConsentKind, Portrait

KIND = ConsentKind.TROMBINOSCOPE


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def my_portrait(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    person = invitation.professional
    is_shown = person.consents.filter(kind=KIND).exists()
    form = PortraitForm(
        request.POST or None, request.FILES or None, initial={"is_shown": is_shown}
    )
    if request.method == "POST" and form.is_valid():
        keep(person, **form.cleaned_data, takes_off="enlever" in request.POST)
        messages.success(request, "C’est enregistré.")
        return redirect("my_portrait", token=invitation.token)
    context = {
        "invitation": invitation,
        "form": form,
        "has_picture": Portrait.objects.filter(professional=person).exists(),
    }
    return render(request, "reports/my_portrait.html", context)


def keep(
    person: Professional, *, is_shown: bool, picture: bytes | None, takes_off: bool
) -> None:
    """A picture is kept only for whoever agrees to be shown. The person's row is held:
    a button pressed twice, or a yes and a no at once, take turns."""
    own = Portrait.objects.filter(professional=person)
    with transaction.atomic():
        Professional.objects.select_for_update().get(pk=person.pk)
        if not is_shown:
            person.consents.filter(kind=KIND).delete()
            own.delete()
            return
        Consent.objects.get_or_create(professional=person, kind=KIND)
        if picture:
            own.delete()
            Portrait.objects.create(professional=person, jpeg=picture)
        elif takes_off:
            own.delete()


@personal
@require_safe
def my_picture(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    found = get_object_or_404(Portrait, professional=invitation.professional)
    return HttpResponse(bytes(found.jpeg), content_type="image/jpeg")
