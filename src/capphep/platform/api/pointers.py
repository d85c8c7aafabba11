"""From the names of the domain's fields to the members of a body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from capphep.pure.errors import Invalids, Refusal


@contextmanager
def pointing(member_of: Callable[[str], str]) -> Iterator[None]:
    """Let refusals of the block point into the body: ``member_of`` turns a field's name into
    the way to its member (``lines-3-quantity`` → ``lines/2/quantity``)."""
    try:
        yield
    except Refusal as refusal:
        refusal.field = member_of(refusal.field)
        raise
    except Invalids as found:
        for each in found.refusals:
            each.field = member_of(each.field)
        raise
