"""The tag tree as a screen reader finds it, and the private function it hangs on."""

import inspect
import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
import weasyprint
from weasyprint.pdf import tags

from reports.pdf import ASSETS, FixedAssets
from reports.tagging import write_accessible_pdf

HEAD = """<!doctype html><html lang="fr"><head><title>Essai</title>
<meta name="dcterms.created" content="2026-01-15T09:00:00Z">
<style>
@font-face { font-family: Atkinson; src: url(asset:text-regular.ttf) }
@page { size: A5; margin: 15mm; @bottom-right { content: "Page " counter(page) } }
html { font: 10pt Atkinson } .note { float: footnote }
</style></head><body><h1>Titre</h1>"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" {}>{}</svg>'
RECTANGLE = '<rect width="40" height="9"/>'


def write(body: str) -> bytes:
    html = weasyprint.HTML(
        string=HEAD + body, base_url="asset:", url_fetcher=FixedAssets(ASSETS)
    )
    return write_accessible_pdf(html)


def read(body: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(write(body)))


def kids(element: Any) -> list[Any]:
    content = element.get("/K")
    several = content if isinstance(content, pikepdf.Array) else [content]
    return [k for k in several if isinstance(k, pikepdf.Dictionary) and "/S" in k]


def walk(element: Any) -> Iterator[Any]:
    yield element
    for kid in kids(element):
        yield from walk(kid)


def elements(pdf: pikepdf.Pdf, role: str = "") -> list[Any]:
    found = walk(pdf.Root.StructTreeRoot.K[0])
    return [e for e in found if not role or str(e.S) == f"/{role}"]


def roles(pdf: pikepdf.Pdf) -> list[str]:
    return [str(element.S)[1:] for element in elements(pdf)]


def children(element: Any) -> list[str]:
    return [str(kid.S)[1:] for kid in kids(element)]


def rows(count: int, cells: str = "<td>1") -> str:
    return f"<tr>{cells}" * count


def test_the_private_function_has_not_moved() -> None:
    assert weasyprint.__version__ == "70.0"
    assert list(inspect.signature(tags._build_box_tree).parameters) == [
        *("box", "parent", "pdf", "page_number", "nums", "annotations", "tags")
    ]


def test_the_file_declares_both_standards() -> None:
    pdf = read("<p>x</p>")
    xmp = bytes(pdf.Root.Metadata.read_raw_bytes()).decode()
    assert 'pdfuaid:part="1"' in xmp
    assert 'pdfaid:part="3"' in xmp
    assert 'pdfaid:conformance="A"' in xmp
    assert xmp.count("<rdf:RDF") == 1


def test_wrapping_ends_with_the_document() -> None:
    before = tags._build_box_tree
    write("<p>x</p>")
    assert tags._build_box_tree is before


def test_a_table_over_several_pages_is_one_table() -> None:
    pdf = read(f"<table><thead><tr><th>a<tbody>{rows(150)}</table>")
    found = roles(pdf)
    assert len(pdf.pages) > 2
    counted = [found.count(role) for role in ("Table", "THead", "TH", "TR", "TD")]
    assert counted == [1, 1, 1, 151, 150]


def test_the_foot_of_a_long_table_is_read_once() -> None:
    body = f"<tbody>{rows(150)}<tfoot><tr><td>fin"
    found = roles(read(f"<table><thead><tr><th>a{body}</table>"))
    assert found.count("TFoot") == 1
    assert found.count("TR") == 152


def test_a_paragraph_cut_by_a_page_is_one_paragraph() -> None:
    pdf = read(f"<p>{'Un texte assez long pour changer de page. ' * 120}</p>")
    assert len(pdf.pages) > 1
    assert roles(pdf).count("P") == 1


def test_page_numbers_are_artifacts() -> None:
    pdf = read("<p>x</p>")
    content = pdf.pages[0].Contents.read_bytes()
    assert content.count(b"/Artifact") == 1
    assert content.count(b"/Pagination") == 1


@pytest.mark.parametrize(
    ("cell", "scope"),
    [("<th>", "/Row"), ('<th scope="row">', "/Row"), ('<th scope="col">', "/Column")],
)
def test_row_heads_have_a_scope(cell: str, scope: str) -> None:
    pdf = read(f"<table><thead><tr><th>a<th>b<tbody>{rows(1, cell + 'r<td>1')}</table>")
    scopes = [str(head.A.Scope) for head in elements(pdf, "TH")]
    assert scopes == ["/Column", "/Column", scope]


def test_a_simple_table_needs_no_headers() -> None:
    table = f"<table><thead><tr><th>a<tbody>{rows(2)}</table>"
    pdf = read(table)
    assert "/IDTree" not in pdf.Root.StructTreeRoot
    assert all("/A" not in cell for cell in elements(pdf, "TD"))


def test_cells_of_a_table_with_spans_name_their_heads() -> None:
    pdf = read(
        "<table><thead><tr><th rowspan=2>a<th colspan=2>b<tr><th>c<th>d"
        "<tbody><tr><th scope=row>r<td>1<td>2</table>"
    )
    ids = {str(head.ID): head for head in elements(pdf, "TH")}
    assert len(ids) == 5
    _, above, left, right, row = ids
    headers = [[str(name) for name in cell.A.Headers] for cell in elements(pdf, "TD")]
    assert headers == [[above, left, row], [above, right, row]]
    names = [str(name) for name in pdf.Root.StructTreeRoot.IDTree.Names[::2]]
    assert names == sorted(ids)


def test_definitions_are_grouped() -> None:
    pdf = read("<dl><dt>a<dd>b<dd>c<dt>d<dd>e</dl>")
    items = [children(item) for item in elements(pdf, "LI")]
    assert items == [["Lbl", "LBody", "LBody"], ["Lbl", "LBody"]]


def test_lists_say_how_they_are_numbered() -> None:
    pdf = read("<ul><li>a<ul><li>b</ul></ul><ol><li>c</ol>")
    numbering = [str(item.A.ListNumbering) for item in elements(pdf, "L")]
    assert numbering == ["/Disc", "/Disc", "/Decimal"]


def test_a_table_of_contents_has_its_own_roles() -> None:
    found = roles(read('<ul class="toc"><li>a<li>b</ul>'))
    assert [found.count(role) for role in ("TOC", "TOCI", "L")] == [1, 2, 0]


def test_a_note_follows_its_call() -> None:
    pdf = read('<p>Avant<span class="note">Une note</span> après.</p>')
    (paragraph,) = elements(pdf, "P")
    order = children(paragraph)
    assert order.index("Note") == order.index("Reference") + 1
    assert str(elements(pdf, "Note")[0].ID) == "note-0001"


@pytest.mark.parametrize(
    ("attributes", "contents"),
    [
        ("", "Le site"),
        ('title="Autre mot"', "Autre mot"),
        ('aria-label="Le dire ainsi"', "Le dire ainsi"),
    ],
)
def test_a_link_says_where_it_leads(attributes: str, contents: str) -> None:
    pdf = read(f'<p><a href="https://example.org/" {attributes}>Le site</a></p>')
    (annotation,) = pdf.pages[0].Annots
    assert str(annotation.Contents) == contents


def test_languages_and_abbreviations_reach_the_tree() -> None:
    pdf = read('<p><em lang="en">lunch</em> <abbr title="Aide">A</abbr></p>')
    spans = elements(pdf, "Span")
    assert [str(span.Lang) for span in spans if "/Lang" in span] == ["en"]
    assert [str(span.E) for span in spans if "/E" in span] == ["Aide"]


def test_blocks_without_a_role_become_divisions() -> None:
    found = roles(
        read("<aside><p>a</p></aside><figure><figcaption>b</figcaption></figure>")
    )
    assert found.count("Div") == 2
    assert "Caption" not in found


def test_a_drawing_keeps_its_text_and_its_place() -> None:
    pdf = read(SVG.format("", f"<title>Une barre</title>{RECTANGLE}"))
    (figure,) = elements(pdf, "Figure")
    assert str(figure.Alt) == "Une barre"
    left, bottom, right, top = (float(edge) for edge in figure.A.BBox)
    assert 0 < left < right < 420
    assert 298 < bottom < top < 596


def test_a_label_wins_over_the_title_of_a_drawing() -> None:
    label = 'aria-label="Dite autrement"'
    pdf = read(SVG.format(label, f"<title>T</title>{RECTANGLE}"))
    (figure,) = elements(pdf, "Figure")
    assert str(figure.Alt) == "Dite autrement"


@pytest.mark.parametrize("attribute", ['aria-hidden="true"', 'role="presentation"'])
def test_a_decoration_is_not_read(attribute: str) -> None:
    pdf = read(SVG.format(attribute, RECTANGLE))
    assert elements(pdf, "Figure") == []


def test_nothing_empty_is_left_behind() -> None:
    pdf = read(f"<table><thead><tr><th>a<tbody>{rows(150)}</table>")
    alive = {element.objgen for element in elements(pdf)}
    tagged = {
        item.objgen
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem"
    }
    assert tagged == alive
