"""Reports: written, issued, read."""

from django.urls import path

from reports.views import closing, documents

urlpatterns = [
    path("rencontres/<int:pk>/bilan/", closing.issue_report, name="issue_report"),
    path("bilans/<int:pk>.pdf", documents.report_pdf, name="report_pdf"),
]
