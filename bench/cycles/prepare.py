"""Makes one data set: records a cycle and builds the history around it.

    python -m bench.cycles.prepare --people 4 --orders 1000 --fresh 500

Its last line is JSON: what a cycle is made of.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time

import django
from django.conf import settings
from django.core.management import call_command

django.setup()

from bench.cycles import steps  # noqa: E402
from bench.cycles.bare import BareCycle  # noqa: E402
from bench.cycles.history import Builder  # noqa: E402
from bench.cycles.pdf import small_pdf  # noqa: E402
from bench.cycles.recording import Recorder, Recording, Transaction, difference, new_digests  # noqa: E402
from capphep.platform import files  # noqa: E402

WARM, RECORDED = "1049183", "1049217"
TRANSACTION_CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--people", "--orders", "--fresh"):
        parser.add_argument(name, type=int, required=True)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    steps.enter_people(options.people)
    steps.load_catalogue()
    recording = record()
    # One customer more, for the statements of plain SQL to be counted.
    market = Builder(recording).build(options.orders, options.fresh + 1)
    bare = BareCycle(recording, market)
    bare.prepare()
    bare.run(market.count - 1)
    (settings.STATE_DIR / "recording.pickle").write_bytes(pickle.dumps((recording, market)))
    counts = facts(recording) | {"sql_statements": bare.statements}
    print(json.dumps(counts | {"new_file_ms": new_file_ms()}))


def record() -> Recording:
    cycle = steps.Cycle(steps.people(0))
    # The first one makes what is made once, such as the number series of the year.
    cycle.run(steps.enter_customer(WARM).pk, WARM)
    recorder = Recorder()
    before = recorder.now
    recorder.record(lambda: steps.enter_customer(RECORDED))
    birth = difference(before, recorder.now)
    [customer] = birth.inserted["crm_customer"]
    transactions = recorder.record(lambda: cycle.run(customer, RECORDED))
    statements = [
        sql for sql in recorder.statements if not sql.lstrip().startswith(TRANSACTION_CONTROL)
    ]
    return Recording(
        tables=recorder.tables,
        birth=birth,
        cycle=transactions,
        texts=texts_of(transactions),
        digests=new_digests(before, [birth, *transactions]),
        statements=statements,
    )


def texts_of(transactions: list[Transaction]) -> dict[str, str]:
    """The codes of the recorded cycle: its customer's, and the number that each series gave."""
    given = {
        series: f"{series}-{row['last']:06d}"
        for each in transactions
        for series, row in each.changed.get("platform_numberseries", {}).items()
    }
    return {"budget_code": RECORDED, **given}


def facts(recording: Recording) -> dict[str, float]:
    inserted = [rows for each in recording.cycle for rows in each.inserted.values()]
    return {
        "statements": len(recording.statements),
        "transactions": len(recording.cycle),
        "rows": sum(map(len, inserted)),
    }


def new_file_ms() -> float:
    """How long it takes to keep a file that nobody attached before: another process reads it."""
    began = time.monotonic()
    for number in range(3):
        files.store([small_pdf(f"never seen {number}")])
    return (time.monotonic() - began) * 1000 / 3


if __name__ == "__main__":
    main()
