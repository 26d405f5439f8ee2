from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0005_fill_reply_hashes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="reply_hash",
            field=models.CharField(max_length=64, unique=True),
        ),
    ]
