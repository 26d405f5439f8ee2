from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until here every report told one meetup to one partner."""
    for report in apps.get_model("reports", "Report").objects.select_related("partner"):
        report.series = f"meetup:{report.meetup_id}:{report.partner_id}"
        is_cpts = report.partner is not None and report.partner.kind == "cpts"
        report.kind = "cpts" if is_cpts else "town_hall"
        report.save(update_fields=("series", "kind"))


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_after_the_meal")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
