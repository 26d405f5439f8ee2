"""Documents to print for one meetup."""

from django.urls import path

from reports.views import cards, documents

urlpatterns = [
    path("rencontres/<int:pk>/feuille.pdf", documents.sheet_pdf, name="sheet_pdf"),
    path("rencontres/<int:pk>/cartes/", cards.choose_cards, name="choose_cards"),
    path("rencontres/<int:pk>/cartes.pdf", cards.cards_pdf, name="cards_pdf"),
]
