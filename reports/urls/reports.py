"""Reports: written, issued, read."""

from django.urls import path

from reports.views import closing, documents, issuing

urlpatterns = [
    path("rencontres/<int:pk>/bilan/", closing.issue_report, name="issue_report"),
    path("bilans/<int:pk>/", documents.report_page, name="report_page"),
    path("bilans/", issuing.issued_reports, name="issued_reports"),
    path("bilans/territoire/", issuing.territory, name="territory_report"),
    path("bilans/annee/", issuing.association_year, name="year_report"),
    path("partenaires/<int:pk>/indicateurs/", issuing.indicators, name="indicators"),
    path("bilans/<int:pk>.pdf", documents.report_pdf, name="report_pdf"),
    path("bilans/<int:pk>.csv", documents.report_csv, name="report_csv"),
    path("bilans/<int:pk>.xlsx", documents.report_xlsx, name="report_xlsx"),
    path("bilans/<int:pk>.ods", documents.report_ods, name="report_ods"),
]
