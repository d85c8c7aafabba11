"""The additional information of a request's module lines, typed in the (+) dialog."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from capphep.catalog import schemas
from capphep.catalog.models import Module
from capphep.platform import audit
from capphep.platform.roles import Actor
from capphep.provisioning import queries
from capphep.provisioning.actions.locks import lock_own
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.pure.errors import Invalid, gettext_noop


@transaction.atomic
def save_extra(
    *, actor: Actor, request_id: int, line_id: int, values: Mapping[str, str]
) -> RequestLine:
    """Keep what was typed in the line's (+) dialog, checked by the module's schema.

    Raises Invalids with the schema's fields.
    """
    request = lock_own(actor, request_id, "send")
    line = line_of(request, line_id)
    before, line.extra = line.extra, schemas.clean_values(line.module.extra_schema, values)
    line.save(update_fields=["extra"])
    _record_extra(actor, request, line.module, before, line.extra)
    return line


@transaction.atomic
def spread_budget_code(*, actor: Actor, request_id: int) -> None:
    """Give the budget code of the first line that has one to the lines that lack it."""
    request = lock_own(actor, request_id, "send")
    lines = list(queries.lines_of(request))
    code, lacking = budget_code_offer(lines)
    for line, name in lacking:
        before, line.extra = line.extra, {**line.extra, name: code}
        line.save(update_fields=["extra"])
        _record_extra(actor, request, line.module, before, line.extra)


def budget_code_offer(lines: list[RequestLine]) -> tuple[str, list[tuple[RequestLine, str]]]:
    """The code that one line has and the (line, field) pairs that lack one; "" if nothing."""
    fields = [
        (line, field.name)
        for line in lines
        for field in schemas.fields_of(line.module.extra_schema, "vi")
        if field.kind == "budget_code"
    ]
    code = next((str(line.extra[name]) for line, name in fields if line.extra.get(name)), "")
    lacking = [(line, name) for line, name in fields if not line.extra.get(name)]
    return (code, lacking) if code and lacking else ("", [])


def line_of(request: LicenceRequest, line_id: int) -> RequestLine:
    line = queries.lines_of(request).filter(pk=line_id).first()
    if not line:
        raise Invalid(
            "line_gone",
            gettext_noop("This line was replaced meanwhile; please open it again."),
        )
    return line


def _record_extra(
    actor: Actor,
    request: LicenceRequest,
    module: Module,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    audit.record(
        actor,
        [
            audit.Change(
                request, "extra_saved", {module.name: dict(before)}, {module.name: dict(after)}
            )
        ],
    )
