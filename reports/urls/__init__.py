"""The map of what happens at the table and after it, a subject a file."""

from reports.urls import after, day, links, papers, portal, reports, voices

urlpatterns = [
    *papers.urlpatterns,
    *day.urlpatterns,
    *after.urlpatterns,
    *links.urlpatterns,
    *voices.urlpatterns,
    *reports.urlpatterns,
    *portal.urlpatterns,
]
