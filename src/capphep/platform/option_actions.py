"""Writes of the settings that administrators change on screen (R13)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from capphep.platform import audit, options, rows, versions
from capphep.platform.models import OptionValue
from capphep.platform.options import FIELD, Option
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, gettext_noop


@transaction.atomic
def choose(*, actor: Actor, option: Option[Any], seen_version: int, typed: Any) -> None:
    """Let what was typed count from now on. ``seen_version`` is 0 where nobody had chosen.

    Raises Forbidden; Invalid (option_fixed, or what the option says); Stale.
    """
    _require(actor, option)
    _write(actor, option, seen_version, option.parse(typed))


@transaction.atomic
def back_to_default(*, actor: Actor, option: Option[Any], seen_version: int) -> None:
    """Let the default count again. Raises Forbidden; Invalid option_fixed; Stale."""
    _require(actor, option)
    _write(actor, option, seen_version, None)


def _require(actor: Actor, option: Option[Any]) -> None:
    require(actor, Permission.SETTING_WRITE)
    if option.is_fixed:
        message = gettext_noop("%(variable)s is set in the environment: it decides.")
        params = {"variable": option.variable}
        raise Invalid("option_fixed", message, field=FIELD, params=params)


def _write(actor: Actor, option: Option[Any], seen_version: int, value: Any) -> None:
    record = OptionValue.objects.select_for_update().filter(key=option.key).first()
    if record is None:
        record = OptionValue(key=option.key, version=0)
        # Of two who choose for the first time one is late.
        if seen_version or not rows.insert_new(record):
            raise versions.Stale
    before = _told(option, record.value)
    versions.write(record, seen_version, {"value": value}, actor)
    options.forget()
    after = _told(option, value)
    if before != after:
        change = audit.Change(record, "option_set", {"value": before}, {"value": after})
        audit.record(actor, [change])


def _told(option: Option[Any], stored: Any) -> object:
    """What counts, as the trail keeps it: plain values, read by people years later."""
    if stored is not None:
        return stored
    return option.parse(option.initial(option.default()))
