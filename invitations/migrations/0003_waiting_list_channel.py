from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0002_initial"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="seatrequest",
            name="profession_detail",
        ),
        migrations.AlterField(
            model_name="invitation",
            name="answered_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("web", "sur la page"),
                    ("team", "par l’équipe"),
                    ("request", "place demandée"),
                    ("queue", "liste d’attente"),
                ],
                max_length=7,
            ),
        ),
    ]
