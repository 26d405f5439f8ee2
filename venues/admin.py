from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from venues.models import Booking, Commune, Neighbourhood, Venue


class FrozenAdmin(admin.ModelAdmin):
    """To look at. These rows change only through the pages, with their rules."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


@admin.register(Commune)
class CommuneAdmin(admin.ModelAdmin):
    """Loaded by `load_communes`; only a missing point is worth typing."""

    list_display = ("name", "code", "department", "epci_name", "latitude", "longitude")
    list_filter = ("department",)
    search_fields = ("search_name", "name", "code")
    readonly_fields = (
        *("code", "name", "postal_codes", "department", "population"),
        *("epci_code", "epci_name"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Neighbourhood)
class NeighbourhoodAdmin(admin.ModelAdmin):
    list_display = ("name", "commune")
    list_select_related = ("commune",)
    search_fields = ("name", "commune__search_name")
    autocomplete_fields = ("commune",)


@admin.register(Venue)
class VenueAdmin(admin.ModelAdmin):
    list_display = ("name", "commune", "seats", "step_free", "point_source")
    list_filter = ("step_free", "point_source", "is_active")
    list_select_related = ("commune",)
    search_fields = ("name", "address", "commune__search_name")
    autocomplete_fields = ("commune",)


@admin.register(Booking)
class BookingAdmin(FrozenAdmin):
    list_display = ("venue", "starts_at", "ends_at", "status")
    list_filter = ("status",)
    list_select_related = ("venue__commune",)
    date_hierarchy = "starts_at"
