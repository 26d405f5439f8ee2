"""After the meal, behind the guest's personal link, and for the team."""

from django.urls import path

from reports.views import after, certificates, follow_ups

urlpatterns = [
    path("i/<str:token>/apres/", after.after, name="after"),
    path(
        "i/<str:token>/attestation/",
        certificates.my_certificate,
        name="my_certificate",
    ),
    path(
        "i/<str:token>/attestation.pdf",
        certificates.my_certificate_pdf,
        name="my_certificate_pdf",
    ),
    path("i/<str:token>/employeur/", certificates.my_employer, name="my_employer"),
    path("i/<str:token>/suites/", follow_ups.my_follow_ups, name="my_follow_ups"),
    path(
        "rencontres/<int:pk>/attestations/",
        certificates.certificates,
        name="certificates",
    ),
    path(
        "rencontres/<int:pk>/attestations/<int:attendance_pk>/",
        certificates.certificate_of,
        name="certificate_of",
    ),
    path("attestation/", certificates.check_certificate, name="check_certificate"),
    path(
        "attestation/<str:code>/",
        certificates.check_certificate,
        name="check_certificate_code",
    ),
    path("rencontres/<int:pk>/suites/", follow_ups.follow_ups, name="follow_ups"),
    path(
        "rencontres/<int:pk>/suites/<int:follow_up_pk>/",
        follow_ups.follow_up,
        name="follow_up",
    ),
    path(
        "rencontres/<int:pk>/suites/<int:follow_up_pk>/fait/",
        follow_ups.follow_up_done,
        name="follow_up_done",
    ),
]
