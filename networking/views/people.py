from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from networking.actions.people import (
    add_to_circle,
    people_of,
    remove_from_circle,
    save_person,
)
from networking.forms.people import PersonForm
from networking.models import Circle, Professional
from networking.perms import team_required

JUST_ADDED = "Quelqu’un vient d’ajouter cette adresse. Vérifiez la liste."


def _saved(form: PersonForm, circle: Circle | None = None) -> Professional | None:
    try:
        return save_person(
            person=form.instance,
            workplace=form.cleaned_data["workplace_name"],
            circle=circle,
        )
    except IntegrityError:
        form.add_error("email", JUST_ADDED)
        return None


def person_create(request: HttpRequest, pk: int) -> HttpResponse:
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    person = Professional(source=request.session.get("last_source", ""))
    form = PersonForm(
        request.POST or None, instance=person, user=request.user, circle=circle
    )
    if request.method == "POST":
        if form.is_valid() and (made := _saved(form, circle)):
            request.session["last_source"] = made.source
            messages.success(
                request, f"{made.short_name} fait partie du cercle {circle}."
            )
            return redirect(circle)
        if "ajouter_connue" in request.POST and form.known and form.can_add_known:
            add_to_circle(circle=circle, person=form.known)
            messages.success(request, f"La personne fait partie du cercle {circle}.")
            return redirect(circle)
    context = {"form": form, "circle": circle}
    return render(request, "networking/person_form.html", context)


@team_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    people = people_of(request.user).select_related(
        "profession", "workplace", "commune"
    )
    person = get_object_or_404(people, pk=pk)
    name = str(person)
    form = PersonForm(request.POST or None, instance=person, user=request.user)
    if request.method == "POST" and form.is_valid() and _saved(form):
        messages.success(request, f"La fiche de {person.first_name} est à jour.")
        return redirect(person)
    circles = Circle.objects.visible_to(request.user).filter(
        memberships__professional=person
    )
    context = {"form": form, "person": person, "name": name, "circles": circles}
    return render(request, "networking/person.html", context)


@require_POST
def person_remove(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    person = get_object_or_404(
        Professional.objects.filter(memberships__circle=circle), pk=person_pk
    )
    remove_from_circle(circle=circle, person=person)
    messages.success(
        request, f"{person.short_name} ne fait plus partie du cercle {circle}."
    )
    return redirect(circle)
