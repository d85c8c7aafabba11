"""Lists in pages that cost the same at any depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Field, Schema

from capphep.platform import keyset
from capphep.pure.errors import Invalid, gettext_noop

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class PageQuery(Schema):
    """Which page, and how long."""

    cursor: str = Field("", max_length=500, description="`next` of the page before")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Page(Schema, Generic[T]):
    """Some of the records; ``next`` is the cursor of those after them, null at the end."""

    items: list[T]
    next: str | None = None


def page_of(
    queryset: QuerySet[M], query: PageQuery, *, sort: str, shape: Callable[[M], T]
) -> dict[str, object]:
    """One page of the records in the order of ``sort`` (a leading “-”: descending), in one read.

    Raises Invalid ``cursor_invalid`` for a cursor that this list never gave.
    """
    if query.cursor and not keyset.is_token(queryset, sort, query.cursor):
        message = gettext_noop("This cursor does not belong to this list.")
        raise Invalid("cursor_invalid", message, field="cursor")
    found = keyset.window(queryset, sort, query.limit, after=query.cursor)
    return {"items": [shape(row) for row in found.rows], "next": found.after}
