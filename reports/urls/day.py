"""The day itself: who is there, and the end of the meal."""

from django.urls import path

from reports.views import arrivals, attendance, closing, rekeying, rounds, welcome

urlpatterns = [
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
    path(
        "rencontres/<int:pk>/presences/gestes/", welcome.gestures, name="send_gestures"
    ),
    path(
        "rencontres/<int:pk>/presences/hors-ligne.js",
        welcome.offline_script,
        name="offline_script",
    ),
    path(
        "rencontres/<int:pk>/presences/heures/<int:attendance_pk>/",
        attendance.hours,
        name="correct_hours",
    ),
    path("rencontres/<int:pk>/presences/papier/", rekeying.rekey, name="rekey_sheet"),
    path("rencontres/<int:pk>/tour/", rounds.round_of_trades, name="round_of_trades"),
    path("porte/<int:pk>/<str:token>/", arrivals.door, name="door"),
    path("badge/<int:pk>/<str:token>/", arrivals.badge, name="badge"),
    path("i/<str:token>/la/", arrivals.i_am_here, name="i_am_here"),
    path("rencontres/<int:pk>/cloturer/", closing.close, name="close_meetup"),
]
