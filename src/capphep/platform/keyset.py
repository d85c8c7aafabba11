"""Keyset paging: a page is found by the last row of the one before it, not by counting rows.

The order is (sort value, primary key), NULLs last in both directions, so that a page costs
the same at any depth and no row is shown twice or skipped while others are being written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import F, Field, Model, OrderBy, Q, QuerySet

M = TypeVar("M", bound=Model)

_VALUE: Final = "keyset_value"
_SIGNER: Final = Signer(salt="capphep.keyset")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row that a page starts after (or ends before): its sort value and primary key."""

    value: Any
    pk: Any


@dataclass(frozen=True, slots=True)
class Window(Generic[M]):
    """One page of rows with the cursors of its neighbours (None: there is no such page).

    ``is_all``: no row is on another page.
    """

    rows: list[M]
    before: str | None
    after: str | None
    is_all: bool = False


def window(
    queryset: QuerySet[M],
    sort: str,
    size: int,
    *,
    after: str = "",
    before: str = "",
    never_null: bool = False,
) -> Window[M]:
    """Fetch one page in one statement.

    ``sort`` is a field path or annotation, with a leading "-" for descending. ``after`` and
    ``before`` are tokens of an earlier window; one that is forged, of another order or
    unreadable gives the first page. ``never_null``: no row has NULL there, so that a plain index
    serves both directions.
    """
    order = _Order.of(queryset, sort, never_null)
    start, end = order.read(after), order.read(before)
    if end is not None and start is None:
        rows = list(order.page(queryset, end, size + 1, backward=True))
        more, rows = len(rows) > size, rows[:size][::-1]
        return Window(rows, order.token(rows[:1]) if more else None, order.token(rows[-1:]))
    rows = list(order.page(queryset, start, size + 1, backward=False))
    more, rows = len(rows) > size, rows[:size]
    return Window(
        rows,
        order.token(rows[:1]) if start is not None else None,
        order.token(rows[-1:]) if more else None,
        is_all=start is None and not more,
    )


def is_token(queryset: QuerySet[M], sort: str, token: str) -> bool:
    """Whether a window of this order gave the token."""
    return _Order.of(queryset, sort).read(token) is not None


def ordered(queryset: QuerySet[M], sort: str, *, never_null: bool = False) -> QuerySet[M]:
    """All rows in the order in which windows show them."""
    return _Order.of(queryset, sort, never_null).all(queryset)


def token_of(queryset: QuerySet[M], sort: str, row: M) -> str:
    """The token of the page that starts after this row."""
    order = _Order.of(queryset, sort)
    [found] = order.page(queryset.filter(pk=row.pk), None, 1, backward=False)
    return str(order.token([found]))


@dataclass(frozen=True, slots=True)
class _Order:
    sort: str
    path: str
    descending: bool
    nullable: bool
    field: Field[Any, Any]
    pk: Field[Any, Any]

    @classmethod
    def of(cls, queryset: QuerySet[M], sort: str, never_null: bool = False) -> _Order:
        path = sort.removeprefix("-")
        value = queryset.annotate(**{_VALUE: F(path)}).query.annotations[_VALUE]
        return cls(
            sort=sort,
            path=path,
            descending=sort.startswith("-"),
            nullable=not never_null and _may_be_null(queryset.model, path),
            field=value.output_field,
            pk=queryset.model._meta.pk,
        )

    def page(
        self, queryset: QuerySet[M], cursor: Cursor | None, limit: int, *, backward: bool
    ) -> QuerySet[M]:
        falling = self.descending != backward
        if cursor is not None:
            queryset = queryset.filter(self._beyond(cursor, falling, backward))
        queryset = queryset.annotate(**{_VALUE: F(self.path)})
        by_pk = "-pk" if falling else "pk"
        return queryset.order_by(self._by_value(falling, backward), by_pk)[:limit]

    def all(self, queryset: QuerySet[M]) -> QuerySet[M]:
        by_pk = "-pk" if self.descending else "pk"
        return queryset.order_by(self._by_value(self.descending, False), by_pk)

    def _by_value(self, falling: bool, backward: bool) -> OrderBy:
        # NULLS FIRST/LAST keeps PostgreSQL from using a plain index: only where needed.
        last = (not backward or None) if self.nullable else None
        first = (backward or None) if self.nullable else None
        return OrderBy(F(self.path), descending=falling, nulls_first=first, nulls_last=last)

    def _beyond(self, cursor: Cursor, falling: bool, backward: bool) -> Q:
        further = Q(pk__lt=cursor.pk) if falling else Q(pk__gt=cursor.pk)
        if cursor.value is None:
            same = Q(**{f"{self.path}__isnull": True}) & further
            return same | Q(**{f"{self.path}__isnull": False}) if backward else same
        strict, loose = ("lt", "lte") if falling else ("gt", "gte")
        # `value <= v AND (value < v OR pk < p)` bounds an index scan; the plain OR does not.
        beyond = Q(**{f"{self.path}__{loose}": cursor.value}) & (
            Q(**{f"{self.path}__{strict}": cursor.value}) | further
        )
        if self.nullable and not backward:
            return beyond | Q(**{f"{self.path}__isnull": True})
        return beyond

    def token(self, rows: list[M]) -> str | None:
        if not rows:
            return None
        value = getattr(rows[0], _VALUE)
        text = None if value is None else _as_text(value)
        return _SIGNER.sign_object([self.sort, text, str(rows[0].pk)])

    def read(self, token: str) -> Cursor | None:
        if not token:
            return None
        try:
            sort, text, pk = _SIGNER.unsign_object(token)
            if sort != self.sort:
                return None
            value = None if text is None else self.field.to_python(text)
            return Cursor(value, self.pk.to_python(pk))
        except (BadSignature, ValueError, TypeError, ValidationError):
            return None


def _as_text(value: Any) -> str:
    """The value in a form that its field's `to_python` reads back exactly."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _may_be_null(model: type[Model], path: str) -> bool:
    """False only for a path of NOT NULL columns; an annotation may always be NULL."""
    for part in path.split("__"):
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        if not isinstance(field, Field) or field.null:
            return True
        if isinstance(field.related_model, type):
            model = field.related_model
    return False
