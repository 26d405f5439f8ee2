"""After the meal, behind the guest's personal link, and for the team."""

from django.urls import path

from reports.views import after

urlpatterns = [
    path("i/<str:token>/apres/", after.after, name="after"),
]
