"""The correctness gate: no check is answered wrongly while approvals run.

    python -m bench.checks.gate write NOTES
    python -m bench.checks.gate ask NOTES --port … --token … --checks …

One process approves: customer after customer has iGOV and buys more, through the real actions,
until it is told to end. Another asks about the newest ones. Both look at the same file: a byte for
each customer says how far it is, written before what it announces begins and after it is
committed. So a check knows what it may be told: before an approval begins only the old, after its
commit only the new; in between either, but never the old after the new.
"""

from __future__ import annotations

import argparse
import http.client
import json
import mmap
import random
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

# Beyond those of any data set.
GATES_CODE: Final = 5_000_000
MOST: Final = 1_000_000
ABSENT, HAS_IGOV, BUYS, HAS_MORE = range(4)
NEAR: Final = 12
"""Of so many of the newest customers is asked."""
THREADS: Final = 8
LEAST: Final = 5
"""So many approvals are waited for, however few checks are asked for."""
OLD: Final[Mapping[str, object]] = {
    "igov.accounting.books": 1,
    "igov.office.users": 20,
    "igov.chat": False,
    "igov.chat.users": 0,
    "igov.oneai.credits": 0,
}
NEW: Final[Mapping[str, object]] = {
    "igov.accounting.books": 3,
    "igov.office.users": 70,
    "igov.chat": True,
    "igov.chat.users": 50,
    "igov.oneai.credits": 500,
}


class Notes:
    """How far each customer is; the first byte ends it all."""

    @staticmethod
    def begin(path: Path) -> None:
        """Before anybody looks at them."""
        path.write_bytes(bytes(MOST + 1))

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b")
        self._bytes = mmap.mmap(self._file.fileno(), MOST + 1)

    def state(self, customer: int) -> int:
        return self._bytes[1 + customer]

    def note(self, customer: int, state: int) -> None:
        self._bytes[1 + customer] = state

    @property
    def is_over(self) -> bool:
        return bool(self._bytes[0])

    def end(self) -> None:
        self._bytes[0] = 1


def allowed(before: int, after: int, was_new: bool) -> tuple[bool, bool]:
    """Whether the old and the new may be told, by the states before the check and after it."""
    return before < HAS_MORE and not was_new, after > HAS_IGOV


def write(notes: Notes) -> int:
    import django

    django.setup()
    from bench.cycles import steps

    cycle = steps.Cycle(steps.people(0))
    customer = 0
    while not notes.is_over:
        budget_code = str(GATES_CODE + customer)
        entered = steps.enter_customer(budget_code)
        notes.note(customer, HAS_IGOV)
        time.sleep(0.02)
        notes.note(customer, BUYS)
        cycle.run(entered.pk, budget_code)
        notes.note(customer, HAS_MORE)
        customer += 1
    return customer


class Asker(threading.Thread):
    """Asks one check after the other over one connection; ``wrong`` says what was wrong."""

    def __init__(self, notes: Notes, port: int, token: str, checks: int) -> None:
        super().__init__()
        self.notes, self.checks, self.asked = notes, checks, 0
        self.wrong: list[str] = []
        self._newest = 0
        self._told_new: set[int] = set()
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def run(self) -> None:
        while self.asked < self.checks or self.notes.state(LEAST - 1) != HAS_MORE:
            while self.notes.state(self._newest + 1) != ABSENT:
                self._newest += 1
            customer = max(0, self._newest - random.randrange(NEAR))
            if self.notes.state(customer) != ABSENT:
                self._ask(customer, random.choice(list(NEW)))

    def _ask(self, customer: int, flag: str) -> None:
        before, was_new = self.notes.state(customer), customer in self._told_new
        told = self._told(customer, flag)
        may_old, may_new = allowed(before, self.notes.state(customer), was_new)
        if told == NEW[flag] and may_new:
            self._told_new.add(customer)
        elif not (told == OLD[flag] and may_old):
            self.wrong.append(f"{GATES_CODE + customer} {flag}: {told!r} in state {before}")
        self.asked += 1

    def _told(self, customer: int, flag: str) -> object:
        body = json.dumps({"context": {"targetingKey": str(GATES_CODE + customer)}})
        path = f"/ofrep/v1/evaluate/flags/{flag}"
        self._http.request("POST", path, body, self._headers)
        answer: dict[str, Any] = json.loads(self._http.getresponse().read())
        return answer.get("value", answer.get("errorDetails"))


def ask(notes: Notes, port: int, token: str, checks: int) -> dict[str, object]:
    while notes.state(0) == ABSENT:
        time.sleep(0.01)
    askers = [Asker(notes, port, token, checks // THREADS) for _ in range(THREADS)]
    began = time.monotonic()
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    seconds = time.monotonic() - began
    notes.end()
    approvals = sum(1 for customer in range(MOST) if notes.state(customer) == HAS_MORE)
    wrong = [sentence for asker in askers for sentence in asker.wrong]
    asked = sum(asker.asked for asker in askers)
    return {
        "checks": asked,
        "wrong": len(wrong),
        "first_wrong": wrong[:3],
        "approvals": approvals,
        "seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("deed", choices=("write", "ask"))
    parser.add_argument("notes", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--token")
    parser.add_argument("--checks", type=int)
    options = parser.parse_args()
    notes = Notes(options.notes)
    if options.deed == "write":
        write(notes)
    else:
        print(json.dumps(ask(notes, options.port, options.token, options.checks)))


if __name__ == "__main__":
    main()
