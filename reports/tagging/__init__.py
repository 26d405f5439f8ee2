"""Tagged PDF: what WeasyPrint 70 leaves to repair for PDF/UA-1 (ISO 14289-1)."""

from reports.tagging.writing import write_accessible_pdf

__all__ = ["write_accessible_pdf"]
