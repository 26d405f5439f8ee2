from collections.abc import Callable

import pytest
from django.contrib.admin.sites import site
from django.test import Client, RequestFactory
from django.urls import reverse

from invitations.models import Delivery
from networking.models import Professional, User
from tests.factories import CommuneFactory, ProfessionFactory, UserFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def boss(signed_in: SignIn) -> Client:
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


@pytest.mark.parametrize("model", list(site._registry))
def test_every_table_opens_and_is_searched(model, boss, meetup):
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert boss.get(path).status_code == 200
    if site._registry[model].search_fields:
        assert boss.get(path, {"q": "x"}).status_code == 200


@pytest.mark.parametrize("model", list(site._registry))
def test_every_form_to_add_opens_or_is_forbidden(model, boss):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    frozen = {
        "venues_booking",
        "venues_commune",
        "networking_meetup",
        "networking_peopleimport",
        "networking_suppression",
        "invitations_invitation",
        "invitations_seatrequest",
        "invitations_delivery",
        "reports_attendance",
        "reports_report",
    }
    status = boss.get(reverse(f"admin:{name}_add")).status_code
    assert status == (403 if name in frozen else 200)


def test_a_queued_message_hides_its_text_and_its_links(boss):
    delivery = Delivery.objects.create(
        kind="invitation",
        key="secret-key",
        sender="a@example.org",
        recipient="chloe@example.org",
        subject="On déjeune ensemble",
        mime=b"https://example.org/i/secret-token",
    )
    path = reverse("admin:invitations_delivery_change", args=(delivery.pk,))
    page = boss.get(path).content.decode()
    assert "On déjeune ensemble" in page
    assert "secret" not in page
    assert boss.post(path, {"subject": "x"}).status_code == 403


def test_an_account_made_here_has_no_password(boss):
    data = {"email": "Ines@Example.ORG", "first_name": "Inès", "is_active": "on"}
    boss.post(reverse("admin:networking_user_add"), data)
    made = User.objects.get(first_name="Inès")
    assert made.email == "ines@example.org"
    assert not made.has_usable_password()


def test_a_person_renamed_here_is_found_again(boss, chloe):
    path = reverse("admin:networking_professional_change", args=(chloe.pk,))
    form = boss.get(path).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    boss.post(path, {**data, "first_name": "Zoé", "shares_mailbox": ""})
    assert Professional.objects.get().search_name == "zoe martin"


def test_a_trade_changed_here_is_indexed(boss):
    trade = ProfessionFactory()
    path = reverse("admin:networking_profession_change", args=(trade.pk,))
    form = boss.get(path).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    codes = {"codes-TOTAL_FORMS": "0", "codes-INITIAL_FORMS": "0"}
    boss.post(path, {**data, **codes, "synonyms": '["IDEL"]', "activity": "Écoute"})
    trade.refresh_from_db()
    assert "ecoute" in trade.search_text


def test_a_missing_point_may_be_typed(boss):
    commune = CommuneFactory(latitude=None, longitude=None)
    path = reverse("admin:venues_commune_change", args=(commune.pk,))
    boss.post(path, {"latitude": "45.5", "longitude": "5.9", "name": "Autre"})
    commune.refresh_from_db()
    assert commune.point == (45.5, 5.9)
    assert commune.name != "Autre"


def test_there_is_no_password_form_and_no_way_in_for_others(signed_in, driss):
    path = reverse("admin:index")
    response = Client().get(path, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert signed_in(driss).get(path, follow=True).status_code == 403


def test_staff_cannot_raise_itself_nor_take_over_a_superuser(rf: RequestFactory):
    admin = site._registry[User]
    request = rf.get("/")
    request.user = UserFactory(is_staff=True)
    assert "is_superuser" in admin.get_readonly_fields(request)
    assert not admin.has_change_permission(request, UserFactory(is_superuser=True))
