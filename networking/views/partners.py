from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from networking.actions.partners import add_member
from networking.forms.circles import AccountForm
from networking.forms.partners import PartnerForm
from networking.forms.saving import saved
from networking.models import Partner
from networking.perms import can_manage_partner, organises, team_required

PER_PAGE = 50
READERS = "C’est noté. Ajoutez maintenant qui lira les bilans."
READERS_BY_OTHERS = (
    "C’est noté. Une personne qui organise sur ce territoire, ou l’association, "
    "ajoutera qui lira les bilans."
)


@team_required
def partner_list(request: HttpRequest) -> HttpResponse:
    partners = Partner.objects.prefetch_related("communes", "members__user")
    context = {
        "page": Paginator(partners, PER_PAGE).get_page(request.GET.get("page")),
        "can_manage": organises(request.user),
    }
    return render(request, "networking/partner_list.html", context)


@team_required
def partner_create(request: HttpRequest) -> HttpResponse:
    if not organises(request.user):
        raise PermissionDenied
    form = PartnerForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and (partner := saved(form, form.save))
    ):
        is_ours = can_manage_partner(request.user, partner)
        messages.success(request, READERS if is_ours else READERS_BY_OTHERS)
        return redirect("partner", partner.pk)
    return render(request, "networking/partner_form.html", {"form": form})


@team_required
def partner(request: HttpRequest, pk: int) -> HttpResponse:
    """One page, two forms: `form=member` adds somebody, the other one edits."""
    partner = get_object_or_404(Partner, pk=pk)
    name = partner.name
    can_manage = can_manage_partner(request.user, partner)
    if request.method == "POST" and not can_manage:
        raise PermissionDenied
    adds = request.POST.get("form") == "member"
    form = PartnerForm(None if adds else request.POST or None, instance=partner)
    member_form = AccountForm(request.POST if adds else None, prefix="member")
    if request.method == "POST" and _acted(request, form, member_form):
        return redirect("partner", pk)
    context = {
        "partner": partner,
        "name": name,
        "form": form,
        "member_form": member_form,
        "members": partner.members.select_related("user").order_by("user__first_name"),
        "can_manage": can_manage,
    }
    return render(request, "networking/partner.html", context)


def _acted(request: HttpRequest, form: PartnerForm, member_form: AccountForm) -> bool:
    if member_form.is_bound:
        if not member_form.is_valid():
            return False
        member = add_member(partner=form.instance, **member_form.cleaned_data)
        messages.success(
            request,
            f"C’est noté. Dites à {member.user.first_name} de se connecter avec son"
            " adresse e-mail.",
        )
        return True
    if not form.is_valid():
        return False
    form.save()
    messages.success(request, f"{form.instance.name}\u202f: c’est à jour.")
    return True


@team_required
@require_POST
def partner_member_remove(
    request: HttpRequest, pk: int, member_pk: int
) -> HttpResponse:
    """The account stays; it no longer reads the reports of this partner."""
    partner = get_object_or_404(Partner, pk=pk)
    if not can_manage_partner(request.user, partner):
        raise PermissionDenied
    member = get_object_or_404(partner.members.select_related("user"), pk=member_pk)
    member.delete()
    messages.success(
        request, f"{member.user.first_name} ne lit plus les bilans de {partner}."
    )
    return redirect("partner", pk)
