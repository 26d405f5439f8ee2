from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networking.models import Partner, TeamMember
from networking.perms import SignedInRequest


@login_not_required
def no_password(request: HttpRequest, rest: str) -> HttpResponse:
    """Nobody has a password here: allauth's pages for them do not exist."""
    raise Http404


@require_safe
def account_home(request: SignedInRequest) -> HttpResponse:
    context = {
        "roles": TeamMember.objects.filter(user=request.user).select_related("circle"),
        "partners": Partner.objects.of_member(request.user),
        "has_second_factor": is_mfa_enabled(request.user),
        "second_factor_required": settings.SECOND_FACTOR_REQUIRED,
    }
    return render(request, "networking/account_home.html", context)
