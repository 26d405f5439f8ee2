from django.contrib import admin

from reports.models import Attendance, Report
from venues.admin import FrozenAdmin


@admin.register(Attendance)
class AttendanceAdmin(FrozenAdmin):
    list_display = ("first_name", "profession", "meetup", "presence", "recorded_at")
    list_filter = ("presence",)
    list_select_related = ("profession", "meetup")
    search_fields = ("first_name", "meetup__title")


@admin.register(Report)
class ReportAdmin(FrozenAdmin):
    list_display = ("title", "partner", "commune", "version", "issued_at", "issued_by")
    list_select_related = ("partner", "commune", "issued_by")
    search_fields = ("title", "partner__name")
    date_hierarchy = "issued_at"
