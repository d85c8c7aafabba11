import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Places in chains; the entries that are there get theirs in the next migration."""

    dependencies = [("platform", "0004_ticks")]
    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("length", models.PositiveIntegerField()),
                ("head", models.CharField(max_length=64)),
            ],
        ),
        migrations.AlterField("auditentry", "at", models.DateTimeField()),
        migrations.AddField(
            "auditentry",
            "chain",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="platform.auditchain",
            ),
        ),
        migrations.AddField("auditentry", "seq", models.PositiveIntegerField(null=True)),
        migrations.AddField("auditentry", "hash", models.CharField(max_length=64, null=True)),
    ]
