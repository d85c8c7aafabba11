"""What records are found and sorted by, derived anew for those there are; then its indexes."""

from itertools import islice

from django.db import migrations

from capphep.platform.word_index import WordIndex
from capphep.pure.collation import vietnamese_key
from capphep.pure.folding import fold
from capphep.pure.unit_keys import FOUND_BY, NAMED_BY, customer_keys, named_key
from capphep.pure.vocabulary import other_words

BATCH = 500


def derive(apps, schema_editor):
    named = [f"customer__{name}" for name in NAMED_BY]
    for model, own, columns in (
        ("Customer", FOUND_BY, ["search_key", "sort_key"]),
        ("SalesProject", ("code", "name"), ["search_key", "sort_key"]),
        ("Opportunity", ("name", *named), ["search_key"]),
        ("Order", ("order_no", "contract_no", *named), ["search_key"]),
    ):
        records = apps.get_model("crm", model)
        known = {field.name for field in records._meta.get_fields()}
        # Of a column that came later there is nothing yet.
        own = [name for name in own if "__" in name or name in known]
        rows = records.objects.order_by("pk").values("pk", *own).iterator()
        while batch := list(islice(rows, BATCH)):
            made = [records(pk=row["pk"], **_keys(model, row)) for row in batch]
            records.objects.bulk_update(made, columns)


def _keys(model, row):
    if model == "Customer":
        return customer_keys(dict.fromkeys(FOUND_BY, "") | row)
    if model == "SalesProject":
        key = " ".join([fold(f"{row['code']} {row['name']}"), *other_words(row["name"])])
        return {"search_key": key, "sort_key": vietnamese_key(row["name"])}
    unit = named_key(**{name: row[f"customer__{name}"] for name in NAMED_BY})
    own = row["name"] if model == "Opportunity" else f"{row['order_no']} {row['contract_no']}"
    return {"search_key": f"{fold(own)} {unit}"}


class Migration(migrations.Migration):

    dependencies = [("crm", "0008_search_keys")]

    operations = [
        migrations.RunPython(derive, migrations.RunPython.noop, elidable=True),
        WordIndex("crm_customer"),
        WordIndex("crm_salesproject"),
        WordIndex("crm_opportunity"),
        WordIndex("crm_order"),
    ]
