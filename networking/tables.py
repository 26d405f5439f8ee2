"""The people of a circle: a table on a desk, cards on a phone."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from networking.models import Professional


class PeopleTable(tables.Table):
    name = tables.Column(
        accessor="pk", order_by=("search_name", "pk"), verbose_name="Prénom et nom"
    )
    trade = tables.Column(
        order_by=("profession__activity", "search_name"), verbose_name="Métier"
    )
    workplace = tables.Column(
        order_by=("workplace__name", "search_name"),
        verbose_name="Structure",
        default="",
    )
    commune = tables.Column(
        order_by=("commune__search_name", "search_name"), verbose_name="Commune"
    )
    channel = tables.Column(orderable=False, verbose_name="Préfère")

    class Meta:
        template_name = "networking/circle_people_table.html"
        order_by = ("name",)

    def render_name(self, record: Professional) -> SafeString:
        return format_html(
            '<a href="{}"><bdi>{}</bdi></a>', record.get_absolute_url(), record
        )

    def render_trade(self, record: Professional) -> SafeString:
        return format_html("<bdi>{}</bdi>", record.trade)

    def render_workplace(self, record: Professional) -> SafeString:
        return format_html("<bdi>{}</bdi>", record.workplace)

    def render_channel(self, record: Professional) -> str:
        channel: str = record.get_channel_display()
        return f"{channel}, {record.channel_hours}" if record.channel_hours else channel
