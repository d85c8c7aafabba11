import django.db.models.deletion
from django.db import migrations, models

from capphep.platform.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("platform", "0006_chain_audit_entries")]
    operations = [
        migrations.AlterField(
            "auditentry",
            "chain",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="platform.auditchain",
            ),
        ),
        migrations.AlterField("auditentry", "seq", models.PositiveIntegerField()),
        migrations.AlterField("auditentry", "hash", models.CharField(max_length=64)),
        migrations.AddConstraint(
            "auditentry",
            models.UniqueConstraint(fields=("chain", "seq"), name="audit_entry_place"),
        ),
        AppendOnly("platform_auditentry"),
    ]
