"""The whole site map on one page; invitations and reports add their own."""

from django.contrib import admin
from django.urls import include, path

from networking.views import (
    accounts,
    circles,
    directory,
    mailbox,
    meetups,
    partners,
    people,
    public,
    venues,
)
from networking.views import imports as people_imports

urlpatterns = [
    # For everybody
    path("", public.home, name="home"),
    path("mentions-legales/", public.legal, name="legal"),
    path("vos-donnees/", public.personal_data, name="personal_data"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("sante/", public.health, name="health"),
    path("robots.txt", public.robots, name="robots"),
    # Accounts
    path("compte/", accounts.account_home, name="account_home"),
    path("compte/agenda/", accounts.change_team_feed, name="change_team_feed"),
    path("compte/password/<path:rest>", accounts.no_password, name="no_password"),
    path("compte/", include("allauth.urls")),
    # Circles, their team and their people
    path("cercles/", circles.circle_list, name="circle_list"),
    path("cercles/nouveau/", circles.circle_create, name="circle_create"),
    path("cercles/<int:pk>/", circles.circle, name="circle"),
    path("cercles/<int:pk>/modifier/", circles.circle_edit, name="circle_edit"),
    path("cercles/<int:pk>/equipe/", circles.team, name="team"),
    path(
        "cercles/<int:pk>/equipe/<int:member_pk>/retirer/",
        circles.team_remove,
        name="team_remove",
    ),
    path("cercles/<int:pk>/ajouter/", people.person_create, name="person_create"),
    path(
        "cercles/<int:pk>/importer/", people_imports.people_import, name="people_import"
    ),
    path(
        "cercles/<int:pk>/importer/<int:import_pk>/",
        people_imports.people_import_preview,
        name="people_import_preview",
    ),
    path(
        "cercles/<int:pk>/retirer/<int:person_pk>/",
        people.person_remove,
        name="person_remove",
    ),
    path("personnes/<int:pk>/", people.person, name="person"),
    path("annuaire/", directory.directory, name="directory"),
    # Meetups
    path("rencontres/", meetups.meetup_list, name="meetup_list"),
    path("rencontres/nouvelle/", meetups.meetup_create, name="meetup_create"),
    # Venues
    path("lieux/", venues.venue_list, name="venue_list"),
    path("lieux/nouveau/", venues.venue_create, name="venue_create"),
    path("lieux/<int:pk>/", venues.venue, name="venue"),
    path("lieux/<int:pk>/modifier/", venues.venue_edit, name="venue_edit"),
    path("lieux/<int:pk>/point/", venues.venue_point, name="venue_point"),
    # Partners
    path("partenaires/", partners.partner_list, name="partner_list"),
    path("partenaires/nouveau/", partners.partner_create, name="partner_create"),
    path("partenaires/<int:pk>/", partners.partner, name="partner"),
    path(
        "partenaires/<int:pk>/<int:member_pk>/retirer/",
        partners.partner_member_remove,
        name="partner_member_remove",
    ),
    # Demonstration only
    path("boite-aux-lettres/", mailbox.mailbox, name="mailbox"),
    path("boite-aux-lettres/<str:name>/", mailbox.letter, name="letter"),
    path("boite-aux-lettres/<str:name>/html/", mailbox.letter_html, name="letter_html"),
    path("administration/", admin.site.urls),
    path("", include("invitations.urls")),
    path("", include("reports.urls")),
]
