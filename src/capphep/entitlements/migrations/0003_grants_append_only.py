"""Grants are appended, never changed or removed: the database itself refuses it."""

from django.db import migrations

from capphep.platform.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('entitlements', '0002_trials_withdrawals_usage'),
    ]

    operations = [AppendOnly('entitlements_grant')]
