"""Reports: written, issued, read."""

from django.urls import path

from reports.views import closing, documents

urlpatterns = [
    path("rencontres/<int:pk>/bilan/", closing.issue_report, name="issue_report"),
    path("bilans/<int:pk>/", documents.report_page, name="report_page"),
    path("bilans/<int:pk>.pdf", documents.report_pdf, name="report_pdf"),
    path("bilans/<int:pk>.csv", documents.report_csv, name="report_csv"),
    path("bilans/<int:pk>.xlsx", documents.report_xlsx, name="report_xlsx"),
    path("bilans/<int:pk>.ods", documents.report_ods, name="report_ods"),
]
