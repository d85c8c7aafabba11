"""Trials and withdrawals in the ledger, the day of each decision, what is in use."""

from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import TruncDate


def date_by_moment(apps, schema_editor):
    """Until now every decision was written down on the local day on which it was made."""
    local_day = TruncDate("granted_at", tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    apps.get_model("entitlements", "Grant").objects.update(granted_on=local_day)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_labels'),
        ('entitlements', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Usage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('in_use', models.PositiveIntegerField(verbose_name='In use')),
                ('reported_at', models.DateTimeField(verbose_name='Reported at')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='grant',
            name='granted_once',
        ),
        migrations.RemoveConstraint(
            model_name='grant',
            name='grant_not_zero',
        ),
        migrations.AddField(
            model_name='grant',
            name='granted_on',
            field=models.DateField(null=True, verbose_name='Decided on'),
        ),
        migrations.RunPython(date_by_moment, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='grant',
            name='granted_on',
            field=models.DateField(verbose_name='Decided on'),
        ),
        migrations.AddField(
            model_name='licence',
            name='cause',
            field=models.CharField(choices=[('approval', 'Approval'), ('withdrawal', 'Withdrawal'), ('info_change', 'Change of information')], default='approval', max_length=12),
        ),
        migrations.AlterField(
            model_name='grant',
            name='kind',
            field=models.CharField(choices=[('opening', 'In force when capphep began'), ('approval', 'Approved request'), ('trial', 'Trial'), ('withdrawal', 'Withdrawal'), ('trial_end', 'End of the trial')], max_length=10),
        ),
        migrations.AlterField(
            model_name='licence',
            name='request_no',
            field=models.CharField(max_length=20, verbose_name='Request number'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'trial_end'), _negated=True), fields=('source', 'resource', 'kind'), name='granted_once'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'trial_end')), fields=('source', 'resource', 'first_day'), name='trial_ended_once'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['opening', 'approval', 'trial']), ('quantity__gt', 0)), models.Q(('kind__in', ['withdrawal', 'trial_end']), ('quantity__lt', 0)), _connector='OR'), name='grant_signed'),
        ),
        migrations.AddConstraint(
            model_name='licence',
            constraint=models.UniqueConstraint(fields=('request_no', 'cause'), name='licence_once'),
        ),
        migrations.AddField(
            model_name='usage',
            name='module',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.module'),
        ),
        migrations.AddField(
            model_name='usage',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.resource'),
        ),
        migrations.AddField(
            model_name='usage',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='usage', to='entitlements.subscription'),
        ),
        migrations.AddConstraint(
            model_name='usage',
            constraint=models.UniqueConstraint(fields=('subscription', 'module', 'resource'), name='usage_once'),
        ),
    ]
