"""The partner's side: its space, its links, what it tells, what it receives."""

from django.urls import path

from reports.models import NoticeKind
from reports.views import linked_reports, notices, partners, readings, sendings

urlpatterns = [
    path("espace-partenaire/", partners.partner_reports, name="partner_reports"),
    path(
        "espace-partenaire/<int:pk>/proposer-une-salle/",
        notices.leave,
        {"kind": NoticeKind.ROOM},
        name="offer_room",
    ),
    path(
        "espace-partenaire/<int:pk>/signaler-un-manque/",
        notices.leave,
        {"kind": NoticeKind.NEED},
        name="tell_need",
    ),
    path(
        "espace-partenaire/<int:pk>/envois/", sendings.my_sendings, name="my_sendings"
    ),
    # Without an account
    path("bilan/<str:token>/", linked_reports.linked_report, name="linked_report"),
    path("bilan/arreter/<str:token>/", sendings.stop_reports, name="stop_reports"),
    # For the teams
    path("bilans/<int:pk>/lectures/", readings.report_readings, name="report_readings"),
    path(
        "bilans/<int:pk>/lectures/<int:link_pk>/retirer/",
        readings.revoke_link,
        name="revoke_link",
    ),
    path("partenaires/mots/", notices.partner_notices, name="partner_notices"),
    path("partenaires/mots/<int:pk>/fait/", notices.handle, name="handle_notice"),
    path(
        "partenaires/<int:pk>/envois/",
        sendings.partner_sendings,
        name="partner_sendings",
    ),
    path(
        "partenaires/<int:pk>/envois/<int:sending_pk>/",
        sendings.drop_sending,
        name="change_sending",
    ),
]
