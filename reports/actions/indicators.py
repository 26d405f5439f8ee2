from django.db import transaction

from networking.models import Partner
from reports.models import Indicator


def set_indicators(*, partner: Partner, labels: list[str]) -> None:
    """These lines, in this order; a line that stays keeps its row."""
    with transaction.atomic():
        partner.indicators.exclude(label__in=labels).delete()
        for order, label in enumerate(dict.fromkeys(labels)):
            Indicator.objects.update_or_create(
                partner=partner, label=label, defaults={"order": order}
            )
