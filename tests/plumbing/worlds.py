"""What several tests look at is made once, and gone after the last of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def kept_for_many(blocker: Any) -> Iterator[None]:
    """What is written inside stays until the end; each test's own transaction lies within.

    For a fixture of a module whose tests all have `django_db` and none `transaction=True`.
    ``blocker`` is `django_db_blocker`; the fixture asks for `django_db_setup` too.
    """
    outermost = transaction.atomic()
    # As Django's own tests do: actions that must be outermost are still let through.
    outermost._from_testcase = True
    with blocker.unblock(), outermost:
        yield
        transaction.set_rollback(True)
