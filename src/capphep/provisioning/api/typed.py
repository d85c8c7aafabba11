"""A request's body, read by the form that people fill in (R11), and its fields as members."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms

from capphep.crm.models import Sector
from capphep.platform.api import Patch, sent
from capphep.provisioning.api.schemas import RequestFields
from capphep.provisioning.forms import form_of, initial_of
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Invalid, Invalids, gettext_noop

_LINE: Final = re.compile(r"line-([0-9]+)")


def member_of(field: str) -> str:
    """``line-2`` → ``lines/1/extra``, ``evidence-commitment`` → ``evidence``."""
    line = _LINE.fullmatch(field)
    if line:
        return f"lines/{int(line[1]) - 1}/extra"
    return "evidence" if field.startswith("evidence-") else field


def request_values(record: LicenceRequest, data: Patch[RequestFields]) -> dict[str, Any]:
    """The record's fields with what was sent, as the actions take them.

    Raises Invalids; Invalid ``sector_unknown``, ``not_of_kind``.
    """
    changes = {name: "" if value is None else value for name, value in sent(data).items()}
    form = form_of(record, initial_of(record) | _chosen(record) | changes | _sector(changes))
    unknown = changes.keys() - form.fields.keys()
    if unknown:
        message = gettext_noop("A request of this kind does not have this field.")
        raise Invalid("not_of_kind", message, field=min(unknown))
    raise_errors(form)
    return form.values


def _chosen(record: LicenceRequest) -> dict[str, Any]:
    return {"version": record.version, "sector": record.sector_id or ""}


def _sector(changes: Mapping[str, Any]) -> dict[str, Any]:
    name = changes.get("sector")
    if not name:
        return {}
    found = Sector.objects.filter(name=name).first()
    if found is None:
        raise Invalid("sector_unknown", gettext_noop("There is no such sector."), field="sector")
    return {"sector": found.pk}


def raise_errors(form: forms.Form) -> None:
    """What the form says of its fields, as refusals. Raises Invalids."""
    if form.is_valid():
        return
    raise Invalids(
        Invalid(
            error.code or "invalid",
            "%(message)s",
            field=name,
            params={"message": " ".join(error.messages)},
        )
        for name, errors in form.errors.as_data().items()
        for error in errors
    )
