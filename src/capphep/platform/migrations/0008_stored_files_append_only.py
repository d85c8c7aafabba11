from django.db import migrations

from capphep.platform.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("platform", "0007_audit_append_only")]
    operations = [AppendOnly("platform_storedfile")]
