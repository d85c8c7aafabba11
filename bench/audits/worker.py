"""One process that records: how and how often it is told on its standard input, a line a task.

    python -m bench.audits.worker

A task is `{"how": "chains 5", "first": 1, "cycles": many}`; the 5 is how many milliseconds each
transaction stays open after it has recorded, as one does that has more to write. Tasks and
answers are those of `bench.cycles.worker`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from unittest.mock import patch

import django

django.setup()

from django.db import transaction  # noqa: E402

from bench.cycles.worker import timed  # noqa: E402
from capphep.platform import audit, audit_chain, outbox, rows  # noqa: E402
from capphep.platform.models import AuditChain, AuditEntry, User  # noqa: E402


def main() -> None:
    user, _ = User.objects.get_or_create(username="officer", full_name="Người duyệt")
    if not AuditChain.objects.exists():
        transact(user, 0, 0)
    print("ready", flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        way, hold = task["how"].split()
        with WAYS[way]():
            print(json.dumps(timed(partial(transact, user, int(hold)), task)), flush=True)


@transaction.atomic
def transact(user: User, hold: int, number: int) -> None:
    """What an action does at its end: two changes, an event, the commit."""
    before, after = {"licence_status": "pending"}, {"licence_status": "approved", "n": number}
    audit.record(user, [audit.Change(user, "approve", before, after)] * 2)
    outbox.enqueue([outbox.Event("request.approved", "YC-2026-000001", {"n": number})])
    time.sleep(hold / 1000)


@contextmanager
def one_chain() -> Iterator[None]:
    """The same, but everybody waits for the first chain."""
    first = AuditChain.objects.earliest("id").pk
    free = f"SELECT id, length, head FROM platform_auditchain WHERE id = {first} AND %s >= 0"
    with (
        patch.object(audit_chain, "_FREE", free),
        patch.object(audit_chain, "_LOCKED", " FOR NO KEY UPDATE"),
    ):
        yield


@contextmanager
def no_chain() -> Iterator[None]:
    """The bare insert: no head is read or moved, no hash computed."""
    own = AuditChain.objects.create(length=0, head="")

    def append(entries: Sequence[AuditEntry]) -> None:
        for entry in entries:
            own.length += 1
            entry.chain_id, entry.seq, entry.hash = own.pk, own.length, ""
        rows.insert(entries)

    with patch.object(audit_chain, "append", append):
        yield
    own.save()


WAYS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "chains": nullcontext,
    "one_chain": one_chain,
    "no_chain": no_chain,
}

if __name__ == "__main__":
    main()
