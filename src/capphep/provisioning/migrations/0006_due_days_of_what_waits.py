"""What was waiting before there was a target time gets one, counted from the day it was sent."""

import datetime

from django.conf import settings
from django.db import migrations
from django.utils import timezone


def set_due_days(apps, schema_editor):
    requests = apps.get_model("provisioning", "LicenceRequest")
    waiting = requests.objects.filter(status="waiting", due_on=None, sent_at__isnull=False)
    changed = []
    for request in waiting.only("sent_at").iterator():
        sent_on = timezone.localdate(request.sent_at)
        request.due_on = add_workdays(sent_on, settings.TARGET_WORKING_DAYS)
        changed.append(request)
    requests.objects.bulk_update(changed, ["due_on"], batch_size=500)


def add_workdays(day, count):
    while count:
        day += datetime.timedelta(days=1)
        count -= day.weekday() < 5
    return day


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0005_waiting_indexes")]
    operations = [migrations.RunPython(set_due_days, migrations.RunPython.noop)]
