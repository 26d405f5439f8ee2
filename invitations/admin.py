from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from invitations.models import (
    Answer,
    Delivery,
    DeliveryKind,
    ExtraSeat,
    Invitation,
    Received,
    SeatBlock,
    SeatRequest,
    SeatRule,
)
from venues.admin import FrozenAdmin


@admin.register(Invitation)
class InvitationAdmin(FrozenAdmin):
    list_display = ("professional", "meetup", "partstat", "answered_at", "answered_by")
    list_filter = ("partstat", "answered_by")
    list_select_related = ("professional", "meetup")
    search_fields = ("professional__search_name", "meetup__title")
    # Whoever reads these could make the personal link.
    exclude = ("key", "token_hash", "reply_hash", "token_version")


@admin.register(SeatRequest)
class SeatRequestAdmin(FrozenAdmin):
    list_display = ("first_name", "profession", "meetup", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("profession", "meetup")
    search_fields = ("first_name", "last_name", "meetup__title")


@admin.register(Delivery)
class DeliveryAdmin(FrozenAdmin):
    list_display = (
        *("recipient", "kind", "channel", "status", "due_at", "sent_at"),
        "attempts",
    )
    list_filter = ("status", "channel", "kind")
    search_fields = ("recipient", "subject")
    date_hierarchy = "created_at"
    # The message holds the personal link of its reader, the facts other people's keys.
    exclude = ("mime", "key", "text", "facts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Who keeps in touch with whom is theirs alone."""
        return super().get_queryset(request).exclude(kind=DeliveryKind.NUDGE)


@admin.register(Answer)
class AnswerAdmin(FrozenAdmin):
    list_display = ("invitation", "partstat", "by", "recorded_by", "stamp", "counted")
    list_filter = ("partstat", "by", "counted")
    list_select_related = (
        "invitation__professional",
        "invitation__meetup",
        "recorded_by",
    )


@admin.register(Received)
class ReceivedAdmin(FrozenAdmin):
    list_display = ("kind", "outcome", "reason", "verified", "received_at")
    list_filter = ("outcome", "kind", "verified")
    date_hierarchy = "received_at"
    # Words of people, for their team; the raw bytes may hold a personal link.
    exclude = ("raw", "text", "subject", "digest", "message_id")


@admin.register(SeatRule)
class SeatRuleAdmin(FrozenAdmin):
    list_display = ("meetup", "family", "profession", "floor", "ceiling")
    list_select_related = ("meetup", "family", "profession")


@admin.register(SeatBlock)
class SeatBlockAdmin(FrozenAdmin):
    list_display = ("workplace", "meetup", "seats", "contact_name")
    list_select_related = ("workplace", "meetup")
    exclude = ("key", "token_hash", "token_version")


@admin.register(ExtraSeat)
class ExtraSeatAdmin(FrozenAdmin):
    list_display = ("first_name", "kind", "profession", "meetup", "created_at")
    list_filter = ("kind",)
    list_select_related = ("profession", "meetup")
