"""The links of a circle, where a page of the people to the left shows them by including
a template of ours."""

from django import template
from django.conf import settings

from networking.models import Circle
from reports.links import links_of

register = template.Library()


@register.simple_tag
def links_kept(circle: Circle) -> dict[str, int] | None:
    """None below the smallest number that may be said."""
    counts = links_of(circle.meetups.all())
    return counts if counts["links"] >= settings.SMALLEST_COUNT else None
