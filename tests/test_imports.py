"""Reading the files of lists of people, whatever program made them."""

import io
import zipfile
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import DEFUSEDXML, Workbook

from networking import imports
from networking.columns import safe_cell
from networking.imports import Unreadable, read

HEADER = "Prénom;Nom;Métier;Commune;E-mail;Téléphone"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


class Unread(SimpleUploadedFile):
    def read(self, *size):
        raise AssertionError("read")


def upload(content, name="liste.csv"):
    data = content.encode() if isinstance(content, str) else content
    return SimpleUploadedFile(name, data)


def rows_of(content, name="liste.csv"):
    return [line.values for line in read(upload(content, name)).lines]


def xlsx(*rows):
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def ods(rows, before=""):
    xml = (
        f'<?xml version="1.0"?>{before}<office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f"<table:table>{rows}</table:table></office:body></office:document-content>"
    )
    return zipped({"mimetype": ODS, "content.xml": xml})


def ods_row(*cells, more=""):
    text = "".join(
        f"<table:table-cell{more}><text:p>{cell}</text:p></table:table-cell>"
        for cell in cells
    )
    return f"<table:table-row>{text}</table:table-row>"


# Reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_any_spreadsheet_s_csv_is_read(encoding, delimiter):
    text = f"{HEADER}\r\nÉlodie;Bérard;infirmière;Cognin;e@example.org;\r\n"
    (row,) = rows_of(text.replace(";", delimiter).encode(encoding))
    assert row["first_name"] == "Élodie"
    assert row["profession"] == "infirmière"
    assert row["email"] == "e@example.org"


def test_quoted_line_breaks_stay_in_their_cell():
    (row,) = rows_of('prénom;nom;métier;ville\n"Ana\nMaria";B;"kiné; libéral";X\n')
    assert row["first_name"] == "Ana Maria"
    assert row["profession"] == "kiné; libéral"


def test_titles_have_many_names_and_may_follow_a_heading():
    text = (
        "Annuaire 2026;;;\n\nNom de famille;PRENOM;Fonction;Ville;CP;Courriel;Portable"
        ";Employeur;Remarque\nB;Ana;kiné;X;73000;a@example.org;06;SSIAD;secret\n"
    )
    sheet = read(upload(text))
    (line,) = sheet.lines
    assert line.number == 4
    assert line.values["workplace"] == "SSIAD"
    assert line.values["postal_code"] == "73000"
    assert sheet.header.ignored == ("Remarque",)
    assert "secret" not in str(line.values)


def test_xlsx_keeps_the_value_of_formulas_as_words():
    content = xlsx(
        ["Prénom", "Métier", "Commune", "Tél"],
        ["=1+1", "kiné", "'=cmd", 639980102],
        ["Ana", None, 1.0, None],
    )
    first, second = rows_of(content, "liste.xlsx")
    assert first["first_name"] == ""
    assert first["phone"] == "639980102"
    assert second == {
        "first_name": "Ana",
        "profession": "",
        "commune": "1",
        "phone": "",
    }


def test_ods_is_read_and_its_million_empty_rows_cost_nothing():
    end = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
    content = ods(
        ods_row("Prénom", "Métier", "Commune")
        + ods_row("Ana", "kiné &amp; co", "Cognin")
        + end
        + "</table:table-row>"
    )
    (row,) = rows_of(content, "liste.ods")
    assert row == {"first_name": "Ana", "profession": "kiné & co", "commune": "Cognin"}


@pytest.mark.parametrize(
    "content",
    [
        ods('<table:table-row table:number-rows-repeated="99999999"><table:table-cell>'
            "<text:p>x</text:p></table:table-cell></table:table-row>"),
        ods(ods_row("Prénom", more=' table:number-columns-repeated="99999999"')),
        ods(ods_row("&a;"), before='<!DOCTYPE x [<!ENTITY a "aaaa">]>'),
        ods("<broken"),
        zipped({"content.xml": "x" * (51 * 1024 * 1024)}),
        zipped({f"{n}.xml": "" for n in range(201)} | {"content.xml": ""}),
        zipped({"word/document.xml": "<x/>"}),
        zipped({"xl/workbook.xml": "<broken"}),
        b"PK\x03\x04 nothing more",
    ],
)  # fmt: skip
def test_hostile_archives_end_in_one_sentence(content):
    with pytest.raises(Unreadable) as error:
        read(upload(content, "liste.ods"))
    assert str(error.value).endswith(".")


def test_the_xml_reader_of_xlsx_is_the_guarded_one():
    assert DEFUSEDXML is True


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "Ce fichier est un PDF."),
        (b"\x89PNG\r\n\x1a\n", "Ce fichier est une image."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "ancien format"),
        (b"\xef\xbb\xbf \r\n", "Ce fichier est vide."),
        (b"\x00\x01\x02\x03" * 50, "abîmé"),
        (b"bonjour;tout;le;monde\n1;2;3;4", "Aucune ligne de titres reconnue."),
        ("prénom;nom\n" + "Ana;B\n" * 5001, "plus de 5\u202f000 lignes"),
        ("prénom;nom" + ";x" * 70 + "\nAna;B" + ";y" * 70, "plus de 60 colonnes"),
        ('prénom;nom\n"Ana;B\n', "un guillemet manque"),
    ],
)
def test_the_wrong_kind_of_file_gets_one_clear_sentence(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read(upload(content))


def test_a_heavy_file_is_refused_before_it_is_read():
    file = Unread("liste.csv", b"prenom;nom")
    file.size = 50 * 1024 * 1024
    with pytest.raises(Unreadable, match="trop lourd"):
        read(file)


def test_long_cells_are_cut_and_counted():
    sheet = read(upload("prénom;nom\nAna;" + "b" * 900))
    assert sheet.cut == 1
    assert len(sheet.lines[0].values["last_name"]) <= imports.MOST_SIGNS + 1


@given(st.binary(max_size=400))
@hypothesis_settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    for content in (data, HEADER.encode() + b"\n" + data, b"PK" + data):
        with suppress(Unreadable):
            assert read(upload(content)).header.fields


@given(st.lists(st.text(max_size=30), min_size=6, max_size=6))
@hypothesis_settings(max_examples=100, deadline=None)
def test_what_we_export_is_never_a_formula(cells):
    for cell in cells:
        assert safe_cell(cell).lstrip(" \ufeff")[:1] not in tuple("=+-@\t\r\n\0")
