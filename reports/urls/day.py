"""The day itself: who is there, and the end of the meal."""

from django.urls import path

from reports.views import attendance, closing

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
    path("rencontres/<int:pk>/cloturer/", closing.close, name="close_meetup"),
]
