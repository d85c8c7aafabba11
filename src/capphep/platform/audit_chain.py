"""Hash chains over the audit trail: a row changed, removed or put in later shows.

There are as many chains as transactions have ever recorded at the same time. A transaction takes
a chain that nobody holds, or begins a new one: it never waits for another transaction, and no
chain ever forks. See docs/decisions/0008-audit-chains.md.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from django.db import connection
from django.db.transaction import TransactionManagementError

from capphep.platform import rows
from capphep.platform.audit_hash import entry_hash
from capphep.platform.audit_walk import Walk
from capphep.platform.models import AuditChain, AuditEntry

# Of the free chains rather the one that this thread used last: within one transaction that is
# the chain that it already holds.
_FREE = "SELECT id, length, head FROM platform_auditchain ORDER BY id = %s DESC, id LIMIT 1"
_LOCKED = " FOR NO KEY UPDATE SKIP LOCKED"
_MOVE = "UPDATE platform_auditchain SET length = %s, head = %s WHERE id = %s"

_thread = threading.local()


def append(entries: Sequence[AuditEntry]) -> None:
    """Store the entries at the end of one chain; three statements, however many they are.

    Raises TransactionManagementError outside a transaction: what is recorded and its record
    are true together or not at all (R5).
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An audit entry belongs to the transaction it tells of.")
    if not entries:
        return
    chain = _free_chain() or AuditChain(length=0, head="")
    for entry in entries:
        chain.length += 1
        entry.seq = chain.length
        entry.hash = chain.head = entry_hash(chain.head, entry)
    _move_head(chain)
    for entry in entries:
        entry.chain_id = chain.pk
    rows.insert(entries)


def differences() -> Iterator[str]:
    """What in the audit trail is not as it was recorded, a sentence for each; reads all of it."""
    return Walk().differences()


def _free_chain() -> AuditChain | None:
    """A chain that no other transaction holds, from now on held by this one.

    SQLite has one writer at a time, which holds everything.
    """
    lock = _LOCKED if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        cursor.execute(_FREE + lock, [getattr(_thread, "chain_id", 0)])
        row = cursor.fetchone()
    return AuditChain(*row) if row else None


def _move_head(chain: AuditChain) -> None:
    if chain.pk:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [chain.length, chain.head, chain.pk])
    else:
        chain.save(force_insert=True)
    _thread.chain_id = chain.pk
