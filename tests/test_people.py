"""People written down by hand, one at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from networking.addresses import corrected, is_secure_mail, plain
from networking.models import Professional, Suppression, User, Workplace
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    ProfessionalFactory,
    ProfessionFactory,
    WorkplaceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed():
    """What Amina types for Fatou."""
    commune = CommuneFactory(code="73087", name="Cognin", postal_codes=["73160"])
    return {
        "first_name": "Fatou",
        "last_name": "Diallo",
        "profession": ProfessionFactory().pk,
        "gender": "f",
        "workplace_name": "Aide du Lac",
        "commune": "73160 cognin",
        "email": "fatou@example.org",
        "phone": "06 39 98 01 02",
        "channel": "sms",
        "channel_hours": "le midi",
        "what_i_do": "J’aide aux repas.",
        "source": "carte laissée à la pharmacie",
        "commune_known": commune.name,
    }


@pytest.fixture
def add(circle, amina, signed_in):
    def post(data, user=amina, **more):
        url = reverse("person_create", args=(circle.pk,))
        return signed_in(user).post(url, data | more)

    return post


def text_of(response):
    return response.content.decode()


def test_how_a_person_works_is_noted_for_the_counts_of_the_reports(add, typed):
    add(typed, mode="L", in_cpts="true")
    fatou = Professional.objects.get(first_name="Fatou")
    assert (fatou.mode, fatou.in_cpts) == ("L", True)


def test_a_person_is_written_down_and_joins_the_circle(circle, bruno, add, typed):
    response = add(typed, user=bruno)
    assert response.url == circle.get_absolute_url()
    fatou = circle.people.get(first_name="Fatou")
    assert fatou.commune.name == "Cognin"
    assert fatou.workplace.name == "Aide du Lac"
    assert str(fatou.phone.as_e164) == "+33639980102"
    assert fatou.search_name == "fatou diallo"
    assert fatou.trade == "infirmière"
    assert fatou.directory_consent_at is None


def test_a_known_workplace_is_used_again_in_any_case(add, typed):
    known = WorkplaceFactory(name="Élan à domicile")
    add(typed, workplace_name="ÉLAN À DOMICILE")
    assert Professional.objects.get(first_name="Fatou").workplace == known
    assert Workplace.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", " ", "Écrivez le prénom."),
        ("first_name", "a" * 300, "C’est trop long\u202f: 60 signes au plus."),
        ("profession", "", "Choisissez le métier."),
        ("commune", "", "Écrivez la commune."),
        ("commune", "Nullepart", "Aucune commune ne porte ce nom"),
        ("source", "", "Écrivez d’où vient ce contact."),
        ("email", "fatou@", "Écrivez une adresse e-mail complète"),
        ("email", "fatou@medecin.mssante.fr", "messagerie sécurisée"),
        ("email", "Fatou@Medical73.APICRYPT.org", "messagerie sécurisée"),
        ("email", "f" * 65 + "@example.org", "64 signes au plus."),
        ("email", "fatou@gmail.comm", "Vouliez-vous écrire fatou@gmail.com"),
        ("phone", "06 12", "Écrivez un téléphone complet"),
        ("phone", "", "Écrivez un téléphone, ou choisissez l’e-mail."),
        ("what_i_do", "b" * 201, "C’est trop long\u202f: 200 signes au plus."),
    ],
)
def test_a_clear_sentence_and_nothing_typed_is_lost(add, typed, field, value, sentence):
    page = text_of(add(typed, **{field: value}))
    assert sentence in page
    assert 'value="Aide du Lac"' in page
    assert "<title>Erreur\u202f: Ajouter une personne" in page
    assert value.strip() in page
    assert not Professional.objects.filter(last_name="Diallo").exists()


def test_an_e_mail_is_needed_by_whoever_prefers_e_mail(add, typed):
    page = text_of(add(typed, channel="email", email=""))
    assert "Écrivez une adresse e-mail, ou choisissez le téléphone." in page


def test_nobody_needs_an_address_at_all(circle, add, typed):
    add(typed, email="", phone="", channel="email")
    assert circle.people.get(first_name="Fatou").email == ""


def test_homonyms_are_explained(add, typed):
    CommuneFactory(code="38999", name="Cognin", postal_codes=["38470"], department="38")
    page = text_of(add(typed, commune="cognin"))
    assert "plusieurs communes" in page
    assert "38470" in page
    assert not Professional.objects.filter(first_name="Fatou").exists()


def test_another_trade_is_written_in_words(add, typed):
    other = ProfessionFactory(
        key="other", label_feminine="autre métier", label_epicene="autre métier"
    )
    page = text_of(add(typed, profession=other.pk))
    assert "Écrivez le métier." in page
    add(typed, profession=other.pk, profession_detail="clown à l’hôpital")
    assert Professional.objects.get(first_name="Fatou").trade == "clown à l’hôpital"


def test_whoever_objected_is_never_written_down_again(add, typed):
    Suppression.objects.add("fatou@example.org")
    page = text_of(add(typed, email="FATOU@example.org"))
    assert "Cette personne a demandé à ne plus être contactée." in page
    assert not Professional.objects.filter(first_name="Fatou").exists()


def test_an_address_of_this_circle_is_named(circle, add, typed):
    page = text_of(add(typed, email="CHLOE@example.org"))
    assert "déjà dans ce cercle\u202f: Chloé M." in page
    assert "ajouter_connue" not in page


def test_an_address_of_a_stranger_names_nobody_and_may_join(circle, add, typed):
    stranger = ProfessionalFactory(
        first_name="Zoé", last_name="Inconnue", email="zoe@example.org"
    )
    page = text_of(add(typed, email="Zoe@example.org"))
    assert "Une personne du réseau a déjà cette adresse." in page
    assert "Inconnue" not in page
    assert "Zoé" not in page
    joining = {"email": "Zoe@example.org", "ajouter_connue": "1"}
    add({**joining, "first_name": "Fatou"})
    assert not circle.people.filter(pk=stranger.pk).exists()
    response = add({**joining, "first_name": "zoe"})
    assert response.url == circle.get_absolute_url()
    assert circle.people.filter(pk=stranger.pk).exists()
    assert Professional.objects.filter(email__iexact="zoe@example.org").count() == 1


def test_several_people_may_read_one_mailbox(circle, add, typed):
    add(typed, email="chloe@example.org", shares_mailbox="on")
    assert circle.people.filter(email="chloe@example.org").count() == 2


def test_control_signs_go_and_right_to_left_names_stay(
    circle, amina, add, typed, signed_in
):
    add(typed, first_name="Fa\x00tou\x07", last_name="\u202eفاطمة")
    fatou = circle.people.get(email="fatou@example.org")
    assert (fatou.first_name, fatou.last_name) == ("Fa tou", "فاطمة")
    page = text_of(signed_in(amina).get(circle.get_absolute_url()))
    assert "<bdi>Fa tou فاطمة</bdi>" in page


def test_markup_in_a_name_stays_words(circle, amina, add, typed, signed_in):
    add(typed, first_name="<script>alert(1)</script>")
    page = text_of(signed_in(amina).get(circle.get_absolute_url()))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_team_edits_a_person_but_not_their_consent(
    circle, chloe, bruno, typed, signed_in
):
    data = typed | {"email": "Chloe@example.org", "directory_consent_at": "2026-01-01"}
    data |= {"shows_email": "on"}
    response = signed_in(bruno).post(chloe.get_absolute_url(), data)
    assert response.url == chloe.get_absolute_url()
    chloe.refresh_from_db()
    assert chloe.first_name == "Fatou"
    assert chloe.email == "Chloe@example.org"
    assert chloe.directory_consent_at is None
    assert not chloe.shows_email


def test_an_edit_with_a_mistake_keeps_the_name_in_the_title(
    circle, chloe, amina, typed, signed_in
):
    page = text_of(
        signed_in(amina).post(chloe.get_absolute_url(), typed | {"first_name": ""})
    )
    assert "<h1><bdi>Chloé Martin</bdi></h1>" in page
    assert "Écrivez le prénom." in page


def test_the_page_shows_what_the_person_said_of_the_directory(
    circle, chloe, amina, signed_in
):
    chloe.give_directory_consent(email=True, phone=False)
    chloe.directory_consent_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    chloe.save()
    page = text_of(signed_in(amina).get(chloe.get_absolute_url()))
    assert "a dit oui lundi 2 mars 2026, montre son e-mail" in page


def test_strangers_and_partners_do_not_find_a_person(
    circle, chloe, driss, eloy, signed_in
):
    CircleFactory(organiser=driss)
    assert signed_in(driss).get(chloe.get_absolute_url()).status_code == 404
    assert signed_in(eloy).get(chloe.get_absolute_url()).status_code == 403
    url = reverse("person_remove", args=(circle.pk, chloe.pk))
    assert signed_in(driss).post(url).status_code == 404
    assert circle.people.filter(pk=chloe.pk).exists()


def test_removing_from_a_circle_keeps_the_person(circle, chloe, bruno, signed_in):
    other = CircleFactory(people=[chloe])
    url = reverse("person_remove", args=(circle.pk, chloe.pk))
    client = signed_in(bruno)
    assert client.get(url).status_code == 405
    assert client.post(url).url == circle.get_absolute_url()
    assert not circle.people.filter(pk=chloe.pk).exists()
    assert other.people.get() == chloe


def test_the_last_source_is_offered_again(circle, amina, typed, signed_in):
    client = signed_in(amina)
    url = reverse("person_create", args=(circle.pk,))
    client.post(url, typed)
    assert 'value="carte laissée à la pharmacie"' in text_of(client.get(url))


def test_trades_are_grouped_by_need(circle, amina, signed_in):
    page = text_of(signed_in(amina).get(reverse("person_create", args=(circle.pk,))))
    assert '<optgroup label="Soins à la maison">' in page
    assert "patient" in page


@pytest.mark.parametrize(
    ("address", "secure"),
    [
        ("a@mssante.fr", True),
        ("a@aura.mssante.fr", True),
        ("a@MEDICAL73.apicrypt.org", True),
        ("a@notmssante.fr", False),
        ("mssante.fr@example.org", False),
    ],
)
def test_secure_mailboxes_are_told_by_their_domain(address, secure):
    assert is_secure_mail(address) is secure


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("a@gmail.con", "a@gmail.com"),
        ("a@gmial.comm", "a@gmail.com"),
        ("a@orange.rf", "a@orange.fr"),
        ("a@orange.fr", ""),
        ("a@gmail.com", ""),
    ],
)
def test_usual_slips_are_corrected(address, meant):
    assert corrected(address) == meant


def test_three_silent_years_are_counted_for_those_who_help_nowhere(circle, amina):
    long_ago = timezone.now() - timedelta(days=3 * 366)
    silent = ProfessionalFactory(last_sign_at=long_ago)
    ProfessionalFactory(last_sign_at=long_ago, user=amina)
    ProfessionalFactory()
    assert list(Professional.objects.outdated()) == [silent]


def test_an_account_is_named_once_in_any_case(driss):
    assert User.objects.named(" DRISS@example.org ", "Autre") == driss
    nadia = User.objects.named("Nadia@Example.ORG", "Nadia")
    assert (nadia.email, nadia.first_name) == ("nadia@example.org", "Nadia")
    assert User.objects.named("nadia@example.org", "N.") == nadia


def test_plain_words_are_one_line_in_composed_form():
    assert plain(" Zoe\u0301\r\nB. \u2066x\u2069 ") == "Zoé B. x"
