"""What a page about a person does with messages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from invitations.actions import try_again
from networking.actions.people import people_of
from networking.perms import SignedInRequest, team_required
from networking.templatetags.french import plural


@require_POST
@team_required
def try_address_again(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(people_of(request.user), pk=pk)
    count = try_again(person=person)
    words = f"Nous écrirons de nouveau à {person.email}."
    if count:
        leaving = plural(count, "invitation repart,invitations repartent")
        words = f"{words} {leaving}."
    messages.success(request, words)
    return redirect(person)
