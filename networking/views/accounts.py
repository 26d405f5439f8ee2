from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from networking.feeds import Subscription
from networking.models import Partner, TeamMember, User
from networking.perms import SignedInRequest, works_in_a_team


@login_not_required
def no_password(request: HttpRequest, rest: str) -> HttpResponse:
    """Nobody has a password here: allauth's pages for them do not exist."""
    raise Http404


def feed_of(user: User) -> Subscription | None:
    """None while the second factor is missing: the address leads around it."""
    protected = is_mfa_enabled(user) or not settings.SECOND_FACTOR_REQUIRED
    shown = protected and works_in_a_team(user)
    return Subscription(user.get_feed_url()) if shown else None


@require_safe
def account_home(request: SignedInRequest) -> HttpResponse:
    context = {
        "roles": TeamMember.objects.filter(user=request.user).select_related("circle"),
        "partners": Partner.objects.of_member(request.user),
        "has_second_factor": is_mfa_enabled(request.user),
        "feed": feed_of(request.user),
        "second_factor_required": settings.SECOND_FACTOR_REQUIRED,
    }
    return render(request, "networking/account_home.html", context)


@require_POST
def change_team_feed(request: SignedInRequest) -> HttpResponse:
    request.user.change_feed()
    messages.success(
        request, "L’adresse de votre agenda a changé. Abonnez-vous à la nouvelle."
    )
    return redirect(f"{reverse('account_home')}#agenda")
