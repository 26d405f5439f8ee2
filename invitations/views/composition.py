"""Whose seats are kept: floors, ceilings, employers."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from invitations.actions import keep_seats, promote, take_seats_back, tell_employer
from invitations.forms import HeldSeatsForm, SeatBlockForm, SeatRuleForm
from invitations.gauge import missing
from invitations.mails import absolute
from invitations.models import AnswersClosed, TableFull, composition_of
from invitations.views.changes import changeable
from networking.models import Meetup
from networking.perms import SignedInRequest
from networking.templatetags.french import plural

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
def composition(request: SignedInRequest, pk: int) -> HttpResponse:
    """Three small forms on one page; the button says which one was filled."""
    meetup = changeable(request, pk)
    rule, held, block = forms(request, meetup)
    done = (
        ("rule" in request.POST and save_rule(meetup, rule))
        or ("held" in request.POST and save_held(meetup, held))
        or ("block" in request.POST and save_block(request, block))
    )
    if done:
        messages.success(request, "C’est enregistré.")
        return redirect("composition", pk=meetup.pk)
    table = composition_of(meetup)
    context = {
        "meetup": meetup,
        "table": table,
        "missing": missing(meetup, table),
        "rules": meetup.seat_rules.select_related("family", "profession"),
        "blocks": meetup.seat_blocks.select_related(
            "workplace", "profession", "meetup"
        ).prefetch_related("names__profession"),
        "rule_form": rule,
        "held_form": held,
        "block_form": block,
        "base": absolute(""),
    }
    return render(request, "invitations/composition.html", context)


def forms(
    request: SignedInRequest, meetup: Meetup
) -> tuple[SeatRuleForm, HeldSeatsForm, SeatBlockForm]:
    """Only the form whose button was pressed is bound."""
    post = request.POST
    return (
        SeatRuleForm(post if "rule" in post else None, meetup=meetup),
        HeldSeatsForm(post if "held" in post else None, meetup=meetup),
        SeatBlockForm(post if "block" in post else None, meetup=meetup),
    )


def save_rule(meetup: Meetup, form: SeatRuleForm) -> bool:
    if not form.is_valid():
        return False
    with transaction.atomic():
        form.save()
        promote(meetup=meetup)
    return True


def save_held(meetup: Meetup, form: HeldSeatsForm) -> bool:
    if not form.is_valid():
        return False
    with transaction.atomic():
        rows = Meetup.objects.filter(pk=meetup.pk)
        rows.update(
            held_until=form.cleaned_data["held_until"],
            companions=form.cleaned_data["companions"],
        )
        promote(meetup=meetup)
    return True


def save_block(request: SignedInRequest, form: SeatBlockForm) -> bool:
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            block = keep_seats(block=form.block())
    except TableFull:
        free = composition_of(form.instance.meetup).free
        seats = plural(free, "place libre,places libres")
        form.add_error("seats", f"La table n’a que {seats}.")
    except IntegrityError:
        form.add_error("workplace_name", "Cette structure a déjà ses places.")
    except AnswersClosed:
        form.add_error(None, "Cette rencontre ne prend plus de réponse.")
    else:
        told = block.contact_email and f"{block.contact_name} reçoit un message."
        messages.info(request, told or "Copiez le lien et donnez-le vous-même.")
        return True
    return False


@require_POST
def drop_rule(request: SignedInRequest, pk: int, rule_pk: int) -> HttpResponse:
    meetup = changeable(request, pk)
    with transaction.atomic():
        get_object_or_404(meetup.seat_rules, pk=rule_pk).delete()
        promote(meetup=meetup)
    messages.success(request, "La règle est retirée.")
    return redirect("composition", pk=meetup.pk)


@require_POST
def change_block(request: SignedInRequest, pk: int, block_pk: int) -> HttpResponse:
    """Write to the contact again, or no longer keep these seats."""
    meetup = changeable(request, pk)
    blocks = meetup.seat_blocks.select_related("workplace", "meetup")
    block = get_object_or_404(blocks, pk=block_pk)
    if "retirer" in request.POST:
        take_seats_back(block=block)
        messages.success(request, "Ces places ne sont plus gardées.")
    elif "renvoyer" in request.POST and block.contact_email:
        with transaction.atomic():
            tell_employer(block)
        messages.success(request, f"Le message repart à {block.contact_name}.")
    else:
        raise Http404
    return redirect("composition", pk=meetup.pk)
