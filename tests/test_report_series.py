"""Reports given before there were several kinds keep their place among versions."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from networking.models import Meetup, PartnerKind, User
from reports.actions import close_meetup, issue_report
from reports.models import Report, ReportKind
from tests.factories import PartnerFactory

BEFORE = [("reports", "0003_after_the_meal")]


@pytest.mark.django_db(transaction=True)
def test_an_earlier_report_is_given_its_series_and_kind(
    meetup: Meetup, amina: User
) -> None:
    issued = report_of(meetup, amina)
    executor = MigrationExecutor(connection)
    try:
        executor.migrate(BEFORE)
        Report.objects.update(series="", kind=ReportKind.TOWN_HALL)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    issued.refresh_from_db()
    assert issued.series == f"meetup:{meetup.pk}:{issued.partner_id}"
    assert issued.kind == ReportKind.CPTS


def report_of(meetup: Meetup, user: User) -> Report:
    partner = PartnerFactory(kind=PartnerKind.CPTS, name="CPTS du Lac")
    Meetup.objects.filter(pk=meetup.pk).update(
        starts_at="2026-01-05T11:15Z", ends_at="2026-01-05T12:45Z"
    )
    meetup.refresh_from_db()
    close_meetup(meetup=meetup, user=user)
    return issue_report(
        meetup=meetup, partner=partner, quotes=[], next_steps=[], cost=None, user=user
    )
