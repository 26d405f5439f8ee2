from django.urls import path

from reports.views import attendance, cards, closing, documents, partners

urlpatterns = [
    path("rencontres/<int:pk>/feuille.pdf", documents.sheet_pdf, name="sheet_pdf"),
    path("rencontres/<int:pk>/cartes/", cards.choose_cards, name="choose_cards"),
    path("rencontres/<int:pk>/cartes.pdf", cards.cards_pdf, name="cards_pdf"),
    path("rencontres/<int:pk>/presences/", attendance.attendance, name="attendance"),
    path(
        "rencontres/<int:pk>/presences/<int:invitation_pk>/",
        attendance.record,
        name="record_attendance",
    ),
    path(
        "rencontres/<int:pk>/presences/avec/<int:extra_pk>/",
        attendance.record_company,
        name="record_company",
    ),
    path(
        "rencontres/<int:pk>/presences/sans-invitation/",
        attendance.walk_in,
        name="walk_in",
    ),
    path(
        "rencontres/<int:pk>/presences/retirer/<int:attendance_pk>/",
        attendance.remove_walk_in,
        name="remove_walk_in",
    ),
    path("rencontres/<int:pk>/cloturer/", closing.close, name="close_meetup"),
    path("rencontres/<int:pk>/bilan/", closing.issue_report, name="issue_report"),
    path("bilans/<int:pk>.pdf", documents.report_pdf, name="report_pdf"),
    path("espace-partenaire/", partners.partner_reports, name="partner_reports"),
]
