"""What people say: opinions, good news, the circle's letter."""

from django.urls import path

from reports.views import letters, news, opinions

urlpatterns = [
    path("i/<str:token>/avis/", opinions.give_opinion, name="give_opinion"),
    path(
        "avis/<int:pk>/<str:token>/",
        opinions.give_opinion_at_table,
        name="give_opinion_at_table",
    ),
    path("rencontres/<int:pk>/avis/", opinions.opinions, name="opinions"),
    path("cercles/<int:pk>/avis/", opinions.circle_opinions, name="circle_opinions"),
    path("i/<str:token>/bonne-nouvelle/", news.tell, name="tell_good_news"),
    path("cercles/<int:pk>/bonnes-nouvelles/", news.good_news, name="good_news"),
    path("cercles/<int:pk>/lettre/", letters.letter, name="circle_letter"),
    path(
        "cercles/<int:pk>/lettre/apercu/",
        letters.circle_letter_mail,
        name="circle_letter_mail",
    ),
    path(
        "lettre/arreter/<uuid:key>/<str:token>/",
        letters.stop_letter,
        name="stop_letter",
    ),
]
