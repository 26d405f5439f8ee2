"""Signing in: one code by mail, no password, a second factor where it is asked."""

import re
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from networking.models import Circle, User

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def code_sent() -> str:
    found = re.search(r"(?<!\d)\d{6}(?!\d)", str(mail.outbox[-1].body))
    assert found
    return found[0]


def ask(client: Client, email: str) -> None:
    client.post("/compte/login/", {"login": email})


def test_one_code_of_six_digits_is_enough(client: Client, circle: Circle) -> None:
    ask(client, "AMINA@example.org")
    assert "votre code est" in mail.outbox[0].subject
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"
    response = client.post("/compte/login/code/confirm/", {"code": code_sent()})
    assert response.status_code == 302
    assert client.get("/rencontres/").status_code == 200


def test_a_wrong_code_opens_nothing(client: Client, circle: Circle) -> None:
    ask(client, "amina@example.org")
    wrong = "000000" if code_sent() != "000000" else "111111"
    client.post("/compte/login/code/confirm/", {"code": wrong})
    assert client.get("/rencontres/").status_code == 302


def test_an_unknown_address_gets_the_same_page(client: Client, circle: Circle) -> None:
    known = client.post("/compte/login/", {"login": "amina@example.org"})
    unknown = Client().post("/compte/login/", {"login": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (
        unknown.status_code,
        unknown["Location"],
    )


@pytest.mark.parametrize(
    "path", ["password/reset/", "password/set/", "password/change/"]
)
def test_there_is_no_password_page(amina: User, signed_in: SignIn, path: str) -> None:
    assert signed_in(amina).get(f"/compte/{path}").status_code == 404
    assert Client().get(f"/compte/{path}").status_code == 404


def test_nobody_signs_up_alone(client: Client) -> None:
    client.post("/compte/signup/", {"email": "new@example.org"})
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_user_is_made_without_a_usable_password(amina: User) -> None:
    assert not amina.has_usable_password()


def test_without_a_second_factor_only_its_page_opens(
    amina: User, circle: Circle, signed_in: SignIn, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(amina)
    response = client.get("/rencontres/")
    assert response["Location"] == "/compte/2fa/"
    assert client.get("/compte/2fa/").status_code == 200


def test_signed_in_pages_are_kept_out_of_caches(
    amina: User, circle: Circle, signed_in: SignIn
) -> None:
    response = signed_in(amina).get("/rencontres/")
    assert "no-store" in response["Cache-Control"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_addresses_differ_by_more_than_case(amina: User) -> None:
    with pytest.raises(Exception, match="user_email_once|UNIQUE|unique"):
        User.objects.create_user("AMINA@example.org", first_name="Amina")
