"""« Nous nous sommes rencontré·es », behind a guest's personal link."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from invitations.links import personal
from invitations.models import Invitation
from networking.models import Professional
from networking.templatetags.french import plural
from reports.actions.links import say, show_first_name, take_back
from reports.forms.links import MetForm
from reports.links import card_for, cards_for, table_named
from reports.models import ConsentKind
from reports.vcards import vcard
from reports.views.after import presence_of

LONGEST_KEY = 18
NO_TABLE = "Ce code n’est pas celui d’une table de ce repas. Lisez-le encore."


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def my_links(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    presence_of(invitation)
    person = invitation.professional
    if request.method == "POST" and changed(request, person):
        return redirect("my_links", token=invitation.token)
    code = request.GET.get("code", "")
    table = table_named(invitation.meetup, code) if code else None
    cards = cards_for(person)
    known = {card.person.pk for card in cards}
    form = MetForm(invitation, request.POST or None, table=table, known=known)
    if request.method == "POST" and form.is_valid():
        keep(request, invitation, form)
        return redirect("my_links", token=invitation.token)
    context = {
        "invitation": invitation,
        "person": person,
        "cards": cards,
        "form": form,
        "code": code[:40],
        "code_error": NO_TABLE if code and table is None else "",
        "shows_name": shows_first_name(person),
    }
    return render(request, "reports/my_links.html", context)


def changed(request: HttpRequest, person: Professional) -> bool:
    """A card given back, or a first name shown or hidden: one tap each."""
    if "reprendre" in request.POST:
        key = request.POST["reprendre"][:LONGEST_KEY]
        if key.isascii() and key.isdecimal():
            take_back(person=person, other=int(key))
            messages.success(request, "C’est repris. Vos deux cartes sont rendues.")
    elif "prenom" in request.POST:
        shown = request.POST["prenom"] == "1"
        show_first_name(person=person, shown=shown)
        told = "est dans le dessin" if shown else "est retiré"
        messages.success(request, f"Votre prénom {told}.")
    else:
        return False
    return True


def keep(request: HttpRequest, invitation: Invitation, form: MetForm) -> None:
    for other in form.unticked:
        take_back(person=invitation.professional, other=other)
    chosen = form.cleaned_data
    say(
        invitation=invitation,
        met_people=form.ticked,
        shows_email=chosen["shows_email"] and form.email != "",
        shows_phone=chosen["shows_phone"] and form.phone != "",
    )
    seen = {card.person.pk for card in cards_for(invitation.professional)}
    new = [one for one in form.ticked if one.pk in seen]
    count = plural(len(new), "nouvelle carte,nouvelles cartes")
    told = f"{count}. Vous gardez contact." if new else "C’est noté."
    messages.success(request, told)


def shows_first_name(person: Professional) -> bool:
    return person.consents.filter(kind=ConsentKind.WEB).exists()


@personal
@require_safe
def my_card(request: HttpRequest, invitation: Invitation, pk: int) -> HttpResponse:
    """A file for the telephone; 404 unless both have said it."""
    presence_of(invitation)
    card = card_for(invitation.professional, pk)
    if card is None:
        raise Http404
    response = HttpResponse(vcard(card), content_type="text/vcard; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="carte.vcf"'
    return response
