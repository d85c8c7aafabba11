"""Opportunities by day and by amount, falling, those without one last: a plain index has them first.

SQLite knows no such index; it sorts.
"""

from typing import Any

from django.db import migrations

FALLING = {
    "opportunity_latest": "expected_on DESC NULLS LAST, id DESC",
    "opportunity_largest": "expected_amount DESC NULLS LAST, id DESC",
}


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, columns in FALLING.items():
            schema_editor.execute(f"CREATE INDEX {name} ON crm_opportunity ({columns})")


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in FALLING:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("crm", "0011_list_indexes")]

    operations = [migrations.RunPython(create, remove, elidable=False)]
