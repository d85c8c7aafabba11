import re
import unicodedata

from django.db import migrations

AT_A_TIME = 1000
STROKED = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d"})
PROVINCE_WORDS = re.compile(r"^(?:thanh pho|tinh|t\.? ?p\.?)[ .]*(?=\w)")
COMMUNE_WORDS = re.compile(r"^(?:xa|phuong|thi tran|dac khu)[ .]+(?=\w)")


def fold(text):
    """As `pure.folding.fold` was when this migration was written; what is stored is clean."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return " ".join(bare.translate(STROKED).split())


def words(folded):
    return " ".join(re.findall(r"\w+", folded))


def fill(apps, schema_editor):
    """As `crm.duplicate_rules.duplicate_keys` was; so many customers at a time."""
    Customer = apps.get_model("crm", "Customer")
    rows = Customer.objects.exclude(province="", commune="").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:AT_A_TIME]):
        for one in batch:
            place = words(PROVINCE_WORDS.sub("", fold(one.province)))
            one.name_key = f"{words(fold(one.name))}|{place}" if place else ""
            one.place_key = words(COMMUNE_WORDS.sub("", fold(one.commune)))
        Customer.objects.bulk_update(batch, ["name_key", "place_key"], batch_size=200)
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("crm", "0006_duplicate_pairs")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
