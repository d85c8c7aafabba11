"""The answer to a stale edit: what somebody else saved, beside what this person typed.

A form that edits a record carries the version that the person saw in a hidden field named
``version``. When the action raises `versions.Stale`, the view answers like this:

    try:
        edit_customer(actor=…, seen_version=form.cleaned_data["version"], …)
    except versions.Stale:
        fresh = customer_of(request.user, pk)              # read again, with updated_by
        conflict = conflicts.stale_edit(form, fresh, theirs=initial_of(fresh))
        return render(request, TEMPLATE, {"form": form, "conflict": conflict}, status=409)

``theirs`` is what the form would show of the fresh record: the same mapping that fills it on a
GET, instances or keys where the field chooses records. The form comes back with everything that
was typed; its ``version`` is now the fresh one, so that saving again is a conscious act.
``platform/_conflict.html`` shows a `StaleEdit` (context: conflict). What is not a form field, such
as the rows of a grid, is added by the caller as further `Difference`s in ``more``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext

from capphep.platform.kit import Text
from capphep.platform.models import User
from capphep.pure.money import format_number


class Versioned(Protocol):
    """A record that `versions.write` guards."""

    @property
    def version(self) -> int: ...
    @property
    def updated_at(self) -> datetime.datetime: ...
    @property
    def updated_by(self) -> User | None: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the record and the form say differently, as people read it."""

    label: Text
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class StaleEdit:
    """Who saved the record meanwhile, when, and where it differs from what was typed."""

    record: str
    who: str
    at: datetime.datetime
    differences: list[Difference]

    @property
    def is_from_today(self) -> bool:
        return timezone.localdate(self.at) == timezone.localdate()


def stale_edit(
    form: forms.BaseForm,
    fresh: Versioned,
    *,
    theirs: Mapping[str, Any],
    more: Iterable[Difference] = (),
) -> StaleEdit:
    """Compare the bound ``form`` with the ``fresh`` record, and give the form its version."""
    data = form.data.copy() if hasattr(form.data, "copy") else dict(form.data)
    data[form.add_prefix("version")] = str(fresh.version)
    form.data = data
    return StaleEdit(
        record=str(fresh),
        who=fresh.updated_by.full_name if fresh.updated_by else "capphep",
        at=fresh.updated_at,
        differences=[*_differences(form, theirs), *more],
    )


def _differences(form: forms.BaseForm, theirs: Mapping[str, Any]) -> Iterator[Difference]:
    for bound in form.visible_fields():
        field, name = bound.field, bound.name
        if name not in theirs or not field.has_changed(theirs[name], bound.data):
            continue
        yield Difference(
            label=bound.label, theirs=_shown(field, theirs[name]), yours=_typed(form, bound)
        )


def _typed(form: forms.BaseForm, bound: BoundField) -> str:
    cleaned = getattr(form, "cleaned_data", {})
    return _shown(bound.field, cleaned.get(bound.name, bound.data))


def _shown(field: forms.Field, value: Any) -> str:
    """The value as the screen writes it; nothing for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(_shown(field, each) for each in value)
    if isinstance(field, forms.ModelChoiceField):
        return _record_label(field, value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(_flat(choices)).get(str(value), value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int):
        return format_number(value)
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def _record_label(field: forms.ModelChoiceField[Any], value: Any) -> str:
    found = value
    if not hasattr(value, "pk") and field.queryset is not None:
        found = field.queryset.filter(**{field.to_field_name or "pk": value}).first()
    return str(field.label_from_instance(found)) if found else str(value)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), label
