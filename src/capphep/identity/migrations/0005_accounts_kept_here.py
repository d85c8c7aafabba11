import uuid

from django.db import migrations, models
from django.utils import timezone


def keep(apps, schema_editor):
    """What was recorded until now was kept in this directory; nobody was told, nor is now.

    Links whose closing day is still to come wait for it.
    """
    AccountLink = apps.get_model("identity", "AccountLink")
    AccountLink.objects.update(status="linked")
    today = timezone.localdate()
    AccountLink.objects.filter(closed_from__lte=today).update(status="closed")
    AdminAccount = apps.get_model("identity", "AdminAccount")
    for key in AdminAccount.objects.values_list("pk", flat=True):
        AdminAccount.objects.filter(pk=key).update(uid=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_account_delivery")]

    operations = [
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="adminaccount",
            name="uid",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.RemoveField(model_name="accountlink", name="kind"),
    ]
