import datetime
import hashlib
import json

from django.db import migrations

AT_A_TIME = 1000
PLACE = "UPDATE platform_auditentry SET chain_id = %s, seq = %s, hash = %s WHERE id = %s"


def entry_hash(previous, entry):
    """As `audit_hash.entry_hash` was when this migration was written."""
    said = [
        previous,
        entry.at.astimezone(datetime.timezone.utc).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.origin,
        entry.verb,
        entry.subject_type,
        entry.subject_id,
        entry.subject_no,
        entry.before,
        entry.after,
    ]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_entries(apps, schema_editor):
    """All entries so far become one chain, in the order of their ids."""
    entries = apps.get_model("platform", "AuditEntry").objects.order_by("id")
    if not entries.exists():
        return
    chain = apps.get_model("platform", "AuditChain").objects.create(length=0, head="")
    last = 0
    while batch := list(entries.filter(id__gt=last)[:AT_A_TIME]):
        places = []
        for entry in batch:
            chain.length += 1
            chain.head = entry_hash(chain.head, entry)
            places.append((chain.pk, chain.length, chain.head, entry.pk))
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(PLACE, places)
        last = batch[-1].pk
    chain.save()


class Migration(migrations.Migration):
    dependencies = [("platform", "0005_audit_chains")]
    operations = [migrations.RunPython(chain_entries, migrations.RunPython.noop)]
