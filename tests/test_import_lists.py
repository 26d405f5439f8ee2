"""What a list of people would do, said first, then done."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from networking.imports import read
from networking.models import (
    PeopleImport,
    Professional,
    Suppression,
    SuppressionReason,
    Workplace,
)
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    ProfessionalFactory,
    WorkplaceFactory,
)
from tests.test_imports import HEADER, rows_of, upload
from tests.test_trades import make_trades


@pytest.fixture
def cognin(db):
    return CommuneFactory(code="73087", name="Cognin", postal_codes=["73160"])


@pytest.fixture
def send(circle, amina, signed_in, cognin):
    make_trades()
    client = signed_in(amina)

    def post(lines, header=HEADER):
        file = upload("\n".join((header, *lines)))
        url = reverse("people_import", args=(circle.pk,))
        data = {"file": file, "source": "la maison de santé"}
        return client.post(url, data, follow=True)

    post.client = client
    return post


def judged(response):
    return response.context["counts"]


def confirm(send, response):
    return send.client.post(response.redirect_chain[-1][0], follow=True)


def text_of(response):
    return response.content.decode()


def test_the_preview_writes_nothing_and_confirming_writes_all(circle, send):
    response = send(
        [
            "Élodie;Bérard;infirmière;Cognin;e@example.org;06 39 98 01 02",
            "Hugo;Perret;kiné;73160 cognin;;",
            "Ana;;clown;Cognin;;",
            ";Sans;kiné;Cognin;;",
        ]
    )
    assert judged(response) == {"new": 2, "merged": 0, "unchanged": 0, "refused": 2}
    assert circle.people.count() == 1
    page = text_of(response)
    assert "Métier non reconnu\u202f: «\u202fclown\u202f»." in page
    assert "<b>Ligne 5</b> · <bdi>Écrivez le prénom.</bdi>" in page
    page = text_of(confirm(send, response))
    assert "C’est fait" in page
    elodie = circle.people.get(first_name="Élodie")
    assert (elodie.trade, elodie.source) == ("infirmière", "la maison de santé")
    assert str(elodie.phone).replace(" ", "")[-9:] == "639980102"
    assert circle.people.count() == 3


def test_confirming_twice_changes_nothing(circle, send):
    response = send(["Hugo;Perret;kiné;Cognin;;"])
    confirm(send, response)
    page = text_of(confirm(send, response))
    assert circle.people.count() == 2
    assert "<b>1</b> nouvelle personne" in page


def test_an_address_in_another_case_completes_and_never_overwrites(circle, chloe, send):
    chloe.what_i_do = "Mes mots"
    chloe.save()
    header = f"{HEADER};Structure;Ce que je fais"
    line = "chloe;MARTIN;infirmier;Cognin;CHLOE@EXAMPLE.ORG;0465710102;SSIAD;Autre"
    response = send([line], header)
    assert judged(response)["merged"] == 1
    assert "ajoute Téléphone" in text_of(response)
    confirm(send, response)
    chloe.refresh_from_db()
    assert str(chloe.phone.as_e164) == "+33465710102"
    assert chloe.workplace.name == "SSIAD"
    assert (chloe.first_name, chloe.email) == ("Chloé", "chloe@example.org")
    assert (chloe.what_i_do, chloe.gender) == ("Mes mots", "f")
    assert Professional.objects.count() == 1


def test_the_same_list_again_changes_nothing(circle, send):
    lines = ["Hugo;Perret;kiné;Cognin;h@example.org;06 39 98 01 02"]
    confirm(send, send(lines))
    response = send(lines)
    assert judged(response) == {"new": 0, "merged": 0, "unchanged": 1, "refused": 0}


def test_name_trade_and_commune_are_one_person_unless_addresses_differ(
    circle, chloe, cognin, send
):
    chloe.email, chloe.commune = "", cognin
    chloe.save()
    response = send(["CHLOE;Martin;infirmière;cognin;new@example.org;"])
    assert judged(response)["merged"] == 1
    confirm(send, response)
    chloe.refresh_from_db()
    assert chloe.email == "new@example.org"
    response = send(["Chloé;Martin;infirmière;Cognin;other@example.org;"])
    assert judged(response)["new"] == 1


def test_two_lines_about_one_person_make_one_person(circle, send):
    response = send(
        ["Hugo;Perret;kiné;Cognin;;", "hugo;PERRET;kiné;Cognin;h@example.org;"]
    )
    assert judged(response) == {"new": 1, "merged": 1, "unchanged": 0, "refused": 0}
    assert "Même personne qu’à la ligne 2." in text_of(response)
    confirm(send, response)
    assert circle.people.get(first_name="Hugo").email == "h@example.org"


def test_one_address_and_two_names_wait_for_a_human(chloe, send):
    response = send(["Hugo;Perret;kiné;Cognin;chloe@example.org;"])
    assert judged(response)["refused"] == 1
    assert "Une autre personne a déjà cette adresse e-mail." in text_of(response)


def test_a_stranger_of_the_network_joins_untouched_and_unseen(circle, cognin, send):
    zoe = ProfessionalFactory(
        first_name="Zoé", last_name="Exemple", email="zoe@example.org", commune=cognin
    )
    header = f"{HEADER};Structure"
    response = send(["Zoé;X;infirmière;Cognin;Zoe@example.org;;SSIAD"], header)
    assert judged(response)["merged"] == 1
    assert "Exemple" not in text_of(response)
    confirm(send, response)
    zoe.refresh_from_db()
    assert zoe.workplace is None
    assert circle.people.filter(pk=zoe.pk).exists()


def test_whoever_objected_is_never_imported_again(circle, send):
    Suppression.objects.add("stop@example.org")
    response = send(["Ana;B;kiné;Cognin;STOP@example.org;"])
    assert "Cette personne a demandé à ne plus être contactée." in text_of(response)
    confirm(send, response)
    assert not circle.people.filter(first_name="Ana").exists()


def test_an_address_where_nothing_arrives_is_told_from_an_objection(circle, send):
    Suppression.objects.add("morte@example.org", SuppressionReason.BOUNCED)
    response = send(["Ana;B;kiné;Cognin;Morte@example.org;"])
    assert "Rien n’arrive à cette adresse" in text_of(response)
    assert "ne plus être contactée" not in text_of(response)
    assert judged(response)["refused"] == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Ana;B;kiné;Cognin;a@medecin.mssante.fr;", "messagerie sécurisée"),
        ("Ana;B;kiné;Cognin;a@gmail.con;", "a@gmail.com"),
        ("Ana;B;kiné;Cognin;a.b;", "adresse e-mail complète"),
        ("Ana;B;kiné;Cognin;;06", "Téléphone non reconnu"),
        ("Ana;B;kiné;;;", "Écrivez la commune."),
        ("Ana;B;kiné;Conin;;", "Peut-être Cognin"),
        ("Ana;B;;Cognin;;", "Écrivez le métier."),
        (f"{'a' * 61};B;kiné;Cognin;;", "60 signes au plus"),
    ],
)
def test_each_refusal_has_its_reason(send, line, reason):
    response = send([line])
    assert judged(response)["refused"] == 1
    assert reason in text_of(response).replace("&#x27;", "’")


def test_homonyms_are_settled_by_the_circle_s_departement(circle, send):
    for code, department in (("73900", "73"), ("38900", "38"), ("01900", "01")):
        CommuneFactory(
            code=code, name="Saint-Jore", postal_codes=[code], department=department
        )
    assert judged(send(["Ana;B;kiné;St Jore;;"]))["new"] == 1
    circle.communes.clear()
    assert "plusieurs communes" in text_of(send(["Ana;B;kiné;St Jore;;"]))
    assert judged(send(["Ana;B;kiné;38900 Saint-Jore;;"]))["new"] == 1


def test_refused_lines_come_back_as_a_file_without_formulas(send):
    response = send(["=cmd|x;B;kiné;Cognin;;", "+33;@x;clown;Cognin;;"])
    url = response.redirect_chain[-1][0]
    confirm(send, response)
    answer = send.client.get(url, {"refus": "csv"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    text = answer.content.decode("utf-8-sig")
    assert "'+33;'@x;clown" in text
    assert "Métier non reconnu" in text
    (again,) = rows_of(answer.content)
    assert again["first_name"] == "+33"


def test_workplaces_are_made_once(circle, send):
    WorkplaceFactory(name="Élan")
    header = f"{HEADER};Structure"
    lines = [
        f"A{n};B;kiné;Cognin;;;{name}" for n, name in enumerate(("ÉLAN", "X", "x"))
    ]
    confirm(send, send(lines, header))
    assert set(Workplace.objects.values_list("name", flat=True)) == {"Élan", "X"}


def test_a_missing_column_is_said_once(send):
    page = text_of(send(["Ana;B"], "Prénom;Nom"))
    assert "Colonne absente\u202f: Métier, Commune." in page


def test_the_source_is_asked_and_a_bad_file_explained(circle, send):
    url = reverse("people_import", args=(circle.pk,))
    page = text_of(send.client.post(url, {"file": upload(b"%PDF-1.7")}))
    assert "Ce fichier est un PDF." in page
    assert "Écrivez d’où vient cette liste." in page
    assert "Choisissez un fichier." in text_of(send.client.post(url, {"source": "x"}))
    assert not PeopleImport.objects.exists()


def test_the_example_can_be_imported(circle, send):
    url = reverse("people_import", args=(circle.pk,))
    answer = send.client.get(url, {"exemple": "1"})
    assert len(read(upload(answer.content)).lines) == 2


def test_a_preview_belongs_to_whoever_sent_the_file(
    circle, bruno, driss, send, signed_in
):
    url = send(["Ana;B;kiné;Cognin;;"]).redirect_chain[-1][0]
    CircleFactory(organiser=driss)
    assert signed_in(bruno).get(url).status_code == 404
    assert signed_in(driss).post(url).status_code == 404
    assert not Professional.objects.filter(first_name="Ana").exists()


@pytest.mark.parametrize("count", [1, 60])
def test_a_preview_costs_the_same_for_any_number_of_lines(
    count, send, django_assert_num_queries
):
    lines = [f"Ana{n};B;kiné;Cognin;a{n}@example.org;" for n in range(count)]
    url = send(lines).redirect_chain[-1][0]
    with django_assert_num_queries(14):
        send.client.get(url)


@given(st.lists(st.lists(st.text(max_size=20), min_size=6, max_size=6), max_size=4))
@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_words_in_any_column_are_taken_or_refused(send, rows):
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in r) for r in rows]
    response = send([*lines, "Ana;B;kiné;Cognin;;"])
    assert response.status_code == 200
