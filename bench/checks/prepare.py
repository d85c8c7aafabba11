"""Makes one data set of the check: customers with a subscription, and a token that may ask.

    python -m bench.checks.prepare --customers 1000

What a check reads is that of a customer who had iGOV and bought more, made by the real actions
and multiplied: customers, subscriptions and what checks read of them. Its last line is JSON. A data
set that is there already and was made by the same code is left as it is.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

django.setup()

from django.db import connection  # noqa: E402

from bench.cycles import steps  # noqa: E402
from bench.cycles.history import Builder  # noqa: E402
from bench.cycles.recording import Recorder, Recording, Transaction, difference  # noqa: E402
from capphep.entitlements.models import CheckDocument  # noqa: E402
from capphep.integration.actions.tokens import NewToken, create_token  # noqa: E402
from capphep.platform.api import Scope  # noqa: E402
from capphep.platform.models import User  # noqa: E402
from capphep.platform.roles import SYSTEM, Role  # noqa: E402

RECORDED = "1049217"
MULTIPLIED = ("crm_customer", "entitlements_subscription", "entitlements_checkdocument")
PER_MINUTE = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, required=True)
    customers = parser.parse_args().customers
    facts = settings.STATE_DIR / "facts.json"
    made_by = fingerprint(customers)
    if not facts.exists() or json.loads(facts.read_text())["made_by"] != made_by:
        facts.write_text(json.dumps(make(customers) | {"made_by": made_by}))
    print(facts.read_text())


def fingerprint(customers: int) -> str:
    """Of everything that decides what is in the data set."""
    migrations = sorted(map(str, MigrationLoader(connection).disk_migrations))
    code = [Path(__file__).read_text(), steps.CATALOGUE.read_text()]
    said = json.dumps([customers, migrations, code])
    return hashlib.sha256(said.encode()).hexdigest()


def make(customers: int) -> dict[str, object]:
    empty()
    call_command("migrate", verbosity=0)
    steps.enter_people(2)
    steps.load_catalogue()
    if customers:
        Builder(recorded()).build(0, customers)
    return {"token": token(), "bytes": len(first_document())}


def empty() -> None:
    """What an older version of the code made is of no use."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return
    connection.close()
    for path in settings.STATE_DIR.glob("capphep.sqlite3*"):
        path.unlink()


def recorded() -> Recording:
    """The rows of one such customer; there is none besides when the others are made of it."""
    recorder = Recorder()
    before = recorder.now

    def buy() -> None:
        customer = steps.enter_customer(RECORDED)
        steps.Cycle(steps.people(0)).run(customer.pk, RECORDED)

    recorder.record(buy)
    made = difference(before, recorder.now).inserted
    return Recording(
        tables=recorder.tables,
        birth=Transaction(inserted={name: made[name] for name in MULTIPLIED}),
        cycle=[],
        texts={"budget_code": RECORDED},
        digests=[],
        statements=[],
    )


def token() -> str:
    product = User.objects.create_user("igov", full_name="iGOV", role=Role.PROGRAM)
    wanted = NewToken(
        name="iGOV",
        user=product,
        scopes=[Scope.ENTITLEMENTS_READ],
        expires_at=timezone.now() + datetime.timedelta(days=1000),
        per_minute=PER_MINUTE,
    )
    return create_token(actor=SYSTEM, wanted=wanted)[1]


def first_document() -> str:
    return CheckDocument.objects.values_list("document", flat=True).first() or ""


if __name__ == "__main__":
    main()
