from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest

from networking.models import (
    CarePathway,
    Circle,
    Family,
    Meetup,
    Membership,
    Partner,
    PartnerMember,
    PeopleImport,
    Profession,
    Professional,
    ProfessionCode,
    Suppression,
    TeamMember,
    User,
    Workplace,
)
from venues.admin import FrozenAdmin

# Staff sign in like everybody else, with the code, the second factor and the limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_title = "Parenthèses Réseau"
admin.site.site_header = "Parenthèses Réseau\u202f: administration"
admin.site.index_title = "Les tables"


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Nobody has a password here: a code goes to the address."""

    list_display = ("email", "first_name", "last_name", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "first_name", "last_name")
    exclude = ("password", "user_permissions")
    readonly_fields = ("last_login", "date_joined")

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        if request.user.is_superuser:
            return self.readonly_fields
        return (*self.readonly_fields, "is_staff", "is_superuser", "groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever changes an address receives its code: staff leaves superusers be."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: User, form: Any, change: bool
    ) -> None:
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


class ProfessionCodeInline(admin.TabularInline):
    model = ProfessionCode
    extra = 0


@admin.register(Profession)
class ProfessionAdmin(admin.ModelAdmin):
    list_display = ("label_epicene", "activity", "family", "key")
    list_filter = ("family",)
    list_select_related = ("family",)
    search_fields = ("search_text", "label_epicene", "key")
    inlines = (ProfessionCodeInline,)

    def save_model(
        self, request: HttpRequest, obj: Profession, form: Any, change: bool
    ) -> None:
        obj.index_words()
        super().save_model(request, obj, form, change)


@admin.register(Family)
class FamilyAdmin(admin.ModelAdmin):
    list_display = ("label", "key", "order")


@admin.register(CarePathway)
class CarePathwayAdmin(admin.ModelAdmin):
    list_display = ("label", "slug", "description")
    search_fields = ("label",)


@admin.register(Workplace)
class WorkplaceAdmin(admin.ModelAdmin):
    list_display = ("name", "commune")
    list_select_related = ("commune",)
    search_fields = ("name",)
    autocomplete_fields = ("commune",)


@admin.register(Professional)
class ProfessionalAdmin(admin.ModelAdmin):
    list_display = ("__str__", "profession", "commune", "channel", "opted_out_at")
    list_filter = ("profession__family", "channel")
    list_select_related = ("profession", "commune")
    search_fields = ("search_name", "email")
    autocomplete_fields = ("profession", "workplace", "commune", "user")
    # Consent is given by the person, on their own page.
    readonly_fields = (
        *("directory_consent_at", "shows_email", "shows_phone"),
        *("opted_out_at", "notice_sent_at", "last_sign_at", "collected_on"),
        "email_bounced_at",
    )

    def save_model(
        self, request: HttpRequest, obj: Professional, form: Any, change: bool
    ) -> None:
        obj.index_name()
        if "email" in form.changed_data:
            obj.email_bounced_at = None
        super().save_model(request, obj, form, change)


class TeamInline(admin.TabularInline):
    model = TeamMember
    extra = 0
    autocomplete_fields = ("user",)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("professional",)


@admin.register(Circle)
class CircleAdmin(admin.ModelAdmin):
    list_display = ("name", "pathway", "created_at")
    list_select_related = ("pathway",)
    search_fields = ("name",)
    autocomplete_fields = ("communes", "neighbourhoods")
    inlines = (TeamInline, MembershipInline)


@admin.register(Meetup)
class MeetupAdmin(FrozenAdmin):
    list_display = ("title", "circle", "starts_at", "status", "organiser")
    list_filter = ("status",)
    list_select_related = ("circle", "organiser")
    search_fields = ("title", "circle__name")
    date_hierarchy = "starts_at"


class PartnerMemberInline(admin.TabularInline):
    model = PartnerMember
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    list_display = ("name", "kind")
    list_filter = ("kind",)
    search_fields = ("name",)
    autocomplete_fields = ("communes",)
    inlines = (PartnerMemberInline,)


@admin.register(PeopleImport)
class PeopleImportAdmin(FrozenAdmin):
    list_display = ("file_name", "circle", "user", "created_at", "applied_at")
    list_select_related = ("circle", "user")
    exclude = ("rows",)


@admin.register(Suppression)
class SuppressionAdmin(FrozenAdmin):
    list_display = ("__str__", "reason", "created_at")
