import uuid

from django.db import migrations, models

AT_A_TIME = 1000


def name_events(apps, schema_editor):
    """Each event so far gets an id for the outside; its position comes when it is first read."""
    events = apps.get_model("platform", "OutboxEvent").objects
    while batch := list(events.filter(public_id=None).order_by("id")[:AT_A_TIME]):
        for event in batch:
            event.public_id = f"evt_{uuid.uuid4().hex}"
        events.bulk_update(batch, ["public_id"])


class Migration(migrations.Migration):
    dependencies = [("platform", "0010_program_role_and_idempotent_answers")]
    operations = [
        migrations.AddField("outboxevent", "public_id", models.CharField(max_length=36, null=True)),
        migrations.AddField(
            "outboxevent", "position", models.PositiveBigIntegerField(null=True, unique=True)
        ),
        migrations.AddField(
            "outboxevent",
            "customer",
            models.CharField(blank=True, default="", max_length=7),
            preserve_default=False,
        ),
        migrations.AddField(
            "outboxevent",
            "product",
            models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.RunPython(name_events, migrations.RunPython.noop),
    ]
