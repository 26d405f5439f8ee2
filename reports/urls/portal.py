"""The partner's side."""

from django.urls import path

from reports.views import partners

urlpatterns = [
    path("espace-partenaire/", partners.partner_reports, name="partner_reports"),
]
