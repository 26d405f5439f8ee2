"""Links between people who met."""

from django.urls import path

from reports.views import links, nudges, webs

urlpatterns = [
    path("i/<str:token>/rencontres/", links.my_links, name="my_links"),
    path("i/<str:token>/rencontres/<int:pk>.vcf", links.my_card, name="my_card"),
    path("i/<str:token>/toile/", webs.my_web, name="my_web"),
    path("nouvelles/<int:pk>/<str:token>/", nudges.my_news, name="my_news"),
    path("cercles/<int:pk>/liens/", webs.circle_links, name="circle_links"),
]
