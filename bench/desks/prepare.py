"""Makes one data set of the desk: a country of orders, and people who are signed in.

    python -m bench.desks.prepare --orders 1000

One sale goes through the real actions; its rows are multiplied and varied (`market`). Its last
line is JSON. A data set that is there already and was made by the same code is left as it is.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import QuerySet  # noqa: E402

from bench.cycles import steps  # noqa: E402
from bench.cycles.recording import Recorder, difference  # noqa: E402
from bench.desks import market, names  # noqa: E402
from capphep.crm.models import Customer, Order  # noqa: E402
from capphep.entitlements.models import Subscription  # noqa: E402
from capphep.platform import keyset  # noqa: E402
from capphep.platform.models import Team, User  # noqa: E402
from capphep.platform.roles import Role  # noqa: E402
from capphep.provisioning.models import LicenceRequest  # noqa: E402
from capphep.reporting import keeping  # noqa: E402
from capphep.shell.startup import collect_static  # noqa: E402

SOLD = "1049217"
TEAMS, SELLERS = 4, 20
ASKING = ("seller0", "officer0", "manager")
PAGE, DEPTH = 50, 50_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    orders = parser.parse_args().orders
    facts = settings.STATE_DIR / "facts.json"
    collect_static()
    made_by = fingerprint(orders)
    if not facts.exists() or json.loads(facts.read_text())["made_by"] != made_by:
        make(orders)
        facts.write_text(json.dumps({"made_by": made_by}))
    print(json.dumps({"sessions": sessions(), "deep": deep(), "codes": codes()}))


def fingerprint(orders: int) -> str:
    """Of everything that decides what is in the data set."""
    migrations = sorted(map(str, MigrationLoader(connection).disk_migrations))
    modules = (__file__, market.__file__, names.__file__, steps.CATALOGUE)
    code = [Path(each).read_text() for each in modules]
    said = json.dumps([orders, migrations, code])
    return hashlib.sha256(said.encode()).hexdigest()


def make(orders: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    steps.enter_people(1)
    steps.load_catalogue()
    recorder = Recorder()
    before = recorder.now

    def sell() -> None:
        customer = steps.enter_customer(SOLD)
        steps.Cycle(steps.people(0)).run(customer.pk, SOLD)

    recorder.record(sell)
    made = difference(before, recorder.now).inserted
    market.Market(recorder.tables, made).build(orders, enter_people())
    # The figures of the reports; those who sold left no events.
    keeping.begin_anew()
    while keeping.keep_up():
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def enter_people() -> list[tuple[int, int]]:
    """Salespeople with their teams; besides an officer, and a manager of everybody."""
    teams = [Team.objects.create(name=f"HCSN {number}") for number in range(TEAMS)]
    sellers = User.objects.bulk_create(
        User(
            username=f"seller{number}",
            full_name=f"Người bán {number}",
            role=Role.SALES,
            team=teams[number % TEAMS],
        )
        for number in range(SELLERS)
    )
    User.objects.create_user("manager", full_name="Quản lý", role=Role.MANAGER)
    return [(seller.pk, seller.team_id) for seller in sellers if seller.team_id]


def sessions() -> dict[str, str]:
    """The session cookies of those who ask, new ones for each run."""
    people = User.objects.filter(username__in=ASKING)
    return {user.username: _session(user) for user in people}


def deep() -> dict[str, str]:
    """Where page 1,000 begins, or the last one of a list that is shorter."""
    newest = {
        "orders": Order.objects.all(),
        "customers": Customer.objects.all(),
        "requests": LicenceRequest.objects.all(),
        "subscriptions": Subscription.objects.all(),
    }
    return {name: _cursor(rows) for name, rows in newest.items()}


def _cursor(rows: QuerySet[Any]) -> str:
    place = min(DEPTH, rows.count()) - PAGE - 1
    row = rows.order_by("-created_at", "-id")[max(0, place)]
    return keyset.token_of(rows, "-created_at", row)


def codes() -> list[str]:
    """Of sales here and there: order, contract, budget code, request."""
    many = Order.objects.count()
    found = []
    for place, name in enumerate(("order_no", "contract_no", "budget_code")):
        order = Order.objects.order_by("id")[many * (place + 1) // 5]
        found.append(str(getattr(order, name)))
    request = LicenceRequest.objects.order_by("id")[LicenceRequest.objects.count() // 3]
    return [*found, request.request_no]


def _session(user: User) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "capphep.platform.backends.People"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.set_expiry(timezone.now() + datetime.timedelta(days=1))
    store.create()
    return str(store.session_key)


if __name__ == "__main__":
    main()
