"""One file that declares, and meets, both PDF/UA-1 and PDF/A-3a.

WeasyPrint declares one standard per file and leaves gaps in its tag tree. They
are closed in its own `finisher` step, so that no second PDF library is needed:

- XMP gets pdfuaid:part with the extension schema that PDF/A asks for it
- an element cut by page breaks becomes one again (issue 2903)
- page headers, page footers and repeated table heads are artifacts (issue 1836)
- TH gets Scope (issue 2508), cells of complex tables get Headers and IDs
- footnotes follow their call, link annotations say where they lead

It wraps a private function, `weasyprint.pdf.tags._build_box_tree`: WeasyPrint
stays pinned and tests/test_tagging.py fails when that function moves.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

import pydyf
import weasyprint
from weasyprint.pdf import tags

from reports.tagging.repair import Repair, page_references

VARIANT = "pdf/a-3a"
RDF_END = b"</rdf:RDF>"
RDF_UA = (
    b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about=""'
    b' pdfuaid:part="1"/><rdf:Description'
    b' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/"
    b"</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name>"
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>"
    b"</pdfaExtension:schemas></rdf:Description>"
)

_lock = RLock()


@contextmanager
def repaired_tags() -> Iterator[Repair]:
    """Hold WeasyPrint's tagging function; one PDF is written at a time."""
    repair = Repair()
    with _lock:
        original, references = tags._build_box_tree, pydyf.PDF.page_references
        tags._build_box_tree = repair.wrap(original)
        pydyf.PDF.page_references = property(page_references)
        try:
            yield repair
        finally:
            tags._build_box_tree = original
            pydyf.PDF.page_references = references


def with_ua(generate: Callable[..., bytes]) -> Callable[..., bytes]:
    """Add the PDF/UA identification to the XMP metadata that WeasyPrint writes."""

    def generate_rdf_metadata(*args: Any, **kwargs: Any) -> bytes:
        return generate(*args, **kwargs).replace(RDF_END, RDF_UA + RDF_END)

    return generate_rdf_metadata


def write_accessible_pdf(
    html: weasyprint.HTML, *, attachments: Sequence[weasyprint.Attachment] = ()
) -> bytes:
    document = html.render()
    metadata = document.metadata
    metadata.attachments = [*metadata.attachments, *attachments]
    metadata.generate_rdf_metadata = with_ua(metadata.generate_rdf_metadata)
    with repaired_tags() as repair, warnings.catch_warnings():
        # WeasyPrint leaves it to the collector to close its colour profile.
        warnings.simplefilter("ignore", ResourceWarning)
        data: bytes = document.write_pdf(
            finisher=repair.finish, pdf_variant=VARIANT, pdf_tags=True
        )
    return data
