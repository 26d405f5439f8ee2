from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from networking.admin import ProfessionalAdmin
from networking.models import Professional
from reports.actions import forget
from reports.models import (
    Attendance,
    Download,
    PartnerNotice,
    Report,
    ReportSubscription,
)
from venues.admin import FrozenAdmin


@admin.register(Attendance)
class AttendanceAdmin(FrozenAdmin):
    list_display = ("first_name", "profession", "meetup", "presence", "recorded_at")
    list_filter = ("presence",)
    list_select_related = ("profession", "meetup")
    search_fields = ("first_name", "meetup__title")
    # Who has spoken is nobody's business (decision 0016).
    exclude = ("has_given_opinion",)


@admin.register(Report)
class ReportAdmin(FrozenAdmin):
    list_display = ("title", "partner", "commune", "version", "issued_at", "issued_by")
    list_select_related = ("partner", "commune", "issued_by")
    search_fields = ("title", "partner__name")
    date_hierarchy = "issued_at"


@admin.register(ReportSubscription)
class ReportSubscriptionAdmin(FrozenAdmin):
    list_display = ("email", "partner", "frequency", "stopped_at")
    list_select_related = ("partner",)
    search_fields = ("email", "partner__name")
    # Whoever reads these could make the link that stops it.
    exclude = ("key", "token_hash", "token_version")


@admin.register(PartnerNotice)
class PartnerNoticeAdmin(FrozenAdmin):
    list_display = ("partner", "kind", "commune", "created_at", "handled_at")
    list_select_related = ("partner", "commune")
    list_filter = ("kind",)


@admin.register(Download)
class DownloadAdmin(FrozenAdmin):
    list_display = ("report", "format", "at")
    list_select_related = ("report",)
    date_hierarchy = "at"


# Registered again here, from where presences can be reached too.
admin.site.unregister(Professional)


@admin.register(Professional)
class ForgettingAdmin(ProfessionalAdmin):
    """Deleting somebody is erasing them everywhere, and noting that they object."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Invitations and messages, frozen elsewhere, go with the person."""
        *found, _, protected = super().get_deleted_objects(objs, request)
        return (*found, set(), protected)

    def delete_model(self, request: HttpRequest, obj: Professional) -> None:
        forget(person=obj)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Professional]
    ) -> None:
        for person in queryset:
            forget(person=person)
