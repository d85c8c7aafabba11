from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platform", "0011_event_feed")]
    operations = [
        migrations.AlterField("outboxevent", "public_id", models.CharField(max_length=36, unique=True)),
        migrations.AddIndex(
            "outboxevent",
            models.Index(
                condition=models.Q(("position__isnull", True)), fields=["id"], name="event_unplaced"
            ),
        ),
        migrations.AddIndex(
            "outboxevent", models.Index(fields=["type", "position"], name="event_by_type")
        ),
        migrations.AddIndex(
            "outboxevent", models.Index(fields=["customer", "position"], name="event_by_customer")
        ),
    ]
