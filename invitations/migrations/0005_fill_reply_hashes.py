"""Rows written before answers by calendar were read: the fingerprint of their reply
token, and the Message-ID and domain of their messages."""

import hashlib

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from networking.tokens import derive, fingerprint


def fill_tokens(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    invitations = apps.get_model("invitations", "Invitation").objects
    for row in invitations.filter(reply_hash=None).iterator():
        token = derive("reply", row.key, row.token_version)
        invitations.filter(pk=row.pk).update(reply_hash=fingerprint(token))


def name_messages(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    deliveries = apps.get_model("invitations", "Delivery").objects.defer("mime")
    for row in deliveries.filter(message_id="").exclude(recipient="").iterator():
        digest = hashlib.sha256(row.key.encode()).hexdigest()[:32]
        deliveries.filter(pk=row.pk).update(
            message_id=f"<{digest}@{row.sender.rpartition('@')[2]}>",
            domain=row.recipient.rpartition("@")[2].lower(),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0004_composition_channels_and_replies"),
    ]

    operations = [
        migrations.RunPython(fill_tokens, migrations.RunPython.noop),
        migrations.RunPython(name_messages, migrations.RunPython.noop),
    ]
