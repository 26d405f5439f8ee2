"""Documents to print for one meetup."""

from django.urls import path

from reports.views import cards, documents, papers, partnering, portraits

urlpatterns = [
    path("rencontres/<int:pk>/feuille.pdf", documents.sheet_pdf, name="sheet_pdf"),
    path("rencontres/<int:pk>/feuilles/", documents.sheet_parts, name="sheet_parts"),
    path("rencontres/<int:pk>/documents/", papers.documents, name="documents"),
    path(
        "rencontres/<int:pk>/documents.pdf", papers.documents_pdf, name="documents_pdf"
    ),
    path("i/<str:token>/trombinoscope/", portraits.my_portrait, name="my_portrait"),
    path(
        "i/<str:token>/trombinoscope/portrait.jpg",
        portraits.my_picture,
        name="my_picture",
    ),
    path("rencontres/<int:pk>/partenaires/", partnering.partnering, name="partnering"),
    path("rencontres/<int:pk>/cartes/", cards.choose_cards, name="choose_cards"),
    path("rencontres/<int:pk>/cartes.pdf", cards.cards_pdf, name="cards_pdf"),
]
