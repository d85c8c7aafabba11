"""What the people of the directory are found by, and its index."""

from itertools import islice

from django.db import migrations

from capphep.platform.word_index import WordIndex
from capphep.pure.folding import fold


def derive(apps, schema_editor):
    accounts = apps.get_model("identity", "AdminAccount")
    rows = accounts.objects.order_by("pk").only("full_name", "email", "phone").iterator()
    while batch := list(islice(rows, 500)):
        for account in batch:
            said = f"{account.full_name} {account.email or ''} {account.phone or ''}"
            account.search_key = fold(said)
        accounts.objects.bulk_update(batch, ["search_key"])


class Migration(migrations.Migration):

    dependencies = [("identity", "0007_account_search_key")]

    operations = [
        migrations.RunPython(derive, migrations.RunPython.noop, elidable=True),
        WordIndex("identity_adminaccount"),
    ]
