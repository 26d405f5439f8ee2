from django.urls import path

from invitations.views import (
    answers,
    calls,
    changes,
    company,
    composition,
    details,
    employers,
    feeds,
    guests,
    inbox,
    meetups,
    outbox,
    people,
    public,
    tables,
    webhooks,
)

urlpatterns = [
    # The organiser's side
    path("rencontres/<int:pk>/", meetups.meetup, name="meetup"),
    path("rencontres/<int:pk>/inviter/", guests.choose, name="choose_guests"),
    path("rencontres/<int:pk>/apercu/", guests.preview, name="preview_invitation"),
    path("rencontres/<int:pk>/envois/", outbox.deliveries, name="deliveries"),
    path("rencontres/<int:pk>/deplacer/", changes.move, name="move_meetup"),
    path("rencontres/<int:pk>/annuler/", changes.cancel, name="cancel_meetup"),
    path("rencontres/<int:pk>/reglages/", changes.settings, name="meetup_settings"),
    path(
        "rencontres/<int:pk>/reponse/<int:invitation_pk>/",
        meetups.record_answer,
        name="record_answer",
    ),
    path(
        "rencontres/<int:pk>/demande/<int:request_pk>/",
        meetups.decide_seat_request,
        name="decide_seat_request",
    ),
    path(
        "rencontres/<int:pk>/composition/", composition.composition, name="composition"
    ),
    path(
        "rencontres/<int:pk>/composition/regle/<int:rule_pk>/",
        composition.drop_rule,
        name="drop_rule",
    ),
    path(
        "rencontres/<int:pk>/composition/structure/<int:block_pk>/",
        composition.change_block,
        name="change_block",
    ),
    path("rencontres/<int:pk>/repas/", details.guest_details, name="guest_details"),
    path("rencontres/<int:pk>/tables/", tables.tables, name="tables"),
    path("rencontres/<int:pk>/salle/", changes.decide_booking, name="decide_booking"),
    path(
        "rencontres/<int:pk>/envois/<int:delivery_pk>/",
        outbox.delivery,
        name="delivery",
    ),
    path(
        "rencontres/<int:pk>/envois/<int:delivery_pk>/lire/",
        outbox.read_delivery,
        name="read_delivery",
    ),
    path("rencontres/<int:pk>/appels/", calls.calls, name="calls"),
    path(
        "rencontres/<int:pk>/appels/<int:call_pk>/",
        calls.record_call,
        name="record_call",
    ),
    path("envois/", outbox.outbox, name="outbox"),
    path(
        "personnes/<int:pk>/essayer/",
        people.try_address_again,
        name="try_address_again",
    ),
    path("messages-recus/", inbox.inbox, name="inbox"),
    path("messages-recus/<int:pk>/", inbox.received, name="received"),
    path("messages-recus/<int:pk>/fichier/", inbox.received_raw, name="received_raw"),
    # The guest's side: personal links, no account
    path("i/<str:token>/", answers.answer, name="answer"),
    path("i/<str:token>/agenda.ics", answers.calendar_file, name="answer_calendar"),
    path("i/<str:token>/mes-donnees/", answers.my_data, name="my_data"),
    path("i/<str:token>/agenda/", feeds.change_my_feed, name="change_my_feed"),
    path("i/<str:token>/annuaire/", answers.my_directory, name="my_directory"),
    path("i/<str:token>/arreter/", answers.stop, name="stop_invitations"),
    path("i/<str:token>/preparer/", company.prepare, name="prepare"),
    path("i/<str:token>/avec-moi/", company.companions, name="companions"),
    path("i/<str:token>/a-ma-place/", company.colleague, name="colleague"),
    path("i/<str:token>/accueil/", company.welcome, name="welcome"),
    path("structure/<str:token>/", employers.seat_block, name="seat_block"),
    path(
        "desinscription/structure/<uuid:key>/<str:token>/",
        employers.employer_stop,
        name="employer_stop",
    ),
    path(
        "desinscription/<uuid:key>/<str:token>/",
        answers.one_click_stop,
        name="one_click_stop",
    ),
    # Calendars at a secret address
    path(
        "abonnement/personne/<int:pk>/<str:token>.ics",
        feeds.person_feed,
        name="person_feed",
    ),
    path(
        "abonnement/equipe/<int:pk>/<str:token>.ics", feeds.team_feed, name="team_feed"
    ),
    path("courrier/entrant/<slug:provider>/", webhooks.inbound, name="inbound_mail"),
    # Everybody's side
    path("agenda/", public.agenda, name="agenda"),
    path("agenda/abonnement.ics", feeds.public_feed, name="public_feed"),
    path(
        "agenda/cercle/<int:pk>/abonnement.ics", feeds.circle_feed, name="circle_feed"
    ),
    path("agenda/<int:pk>/", public.public_meetup, name="public_meetup"),
    path("agenda/<int:pk>/agenda.ics", public.public_calendar, name="public_calendar"),
]
