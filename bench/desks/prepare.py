"""Makes one data set of the desk: a country of orders, and people who are signed in.

    python -m bench.desks.prepare --orders 1000

One sale goes through the real actions; its rows are multiplied and varied (`market`). Its last
line is JSON. A data set that is there already and was made by the same code is kept; migrations
that came since are applied to it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

django.setup()

from django.db import connection  # noqa: E402

from bench.cycles import steps  # noqa: E402
from bench.cycles.recording import Recorder, difference  # noqa: E402
from bench.desks import market, names  # noqa: E402
from bench.desks.facts import facts  # noqa: E402
from capphep.platform.models import Team, User  # noqa: E402
from capphep.platform.roles import Role  # noqa: E402
from capphep.reporting import keeping  # noqa: E402
from capphep.shell.startup import collect_static  # noqa: E402

SOLD = "1049217"
TEAMS, SELLERS = 4, 20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    orders = parser.parse_args().orders
    made = settings.STATE_DIR / "made.json"
    collect_static()
    by = fingerprint(orders)
    if not made.exists() or json.loads(made.read_text()) != by or came_from_elsewhere():
        made.unlink(missing_ok=True)
        make(orders)
        made.write_text(json.dumps(by))
    else:
        bring_on()
    print(json.dumps(facts()))


def fingerprint(orders: int) -> str:
    """Of what decides what is in the data set, migrations aside."""
    modules = (__file__, market.__file__, names.__file__, steps.CATALOGUE)
    said = json.dumps([orders, [Path(each).read_text() for each in modules]])
    return hashlib.sha256(said.encode()).hexdigest()


def came_from_elsewhere() -> bool:
    """Whether migrations were applied that are not there any more, or are other ones now."""
    loader = MigrationLoader(connection)
    return bool(set(loader.applied_migrations) - set(loader.disk_migrations))


def bring_on() -> None:
    """As an installation that is updated: its figures follow, nothing is made anew."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
        settle()


def make(orders: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    fill(orders)


def fill(orders: int) -> None:
    """Into a database that holds nothing yet."""
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
    settle()


def settle() -> None:
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


if __name__ == "__main__":
    main()
