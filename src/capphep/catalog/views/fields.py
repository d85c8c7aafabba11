"""The additional fields of a module: rows to describe them, and how the (+) dialog will look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from capphep.catalog.actions.extra_fields import save_fields
from capphep.catalog.actions.records import record_of
from capphep.catalog.forms.extra import ExtraForm
from capphep.catalog.forms.fields import (
    FieldForm,
    posted_rows,
    preview_fields,
    rows_of,
    show_at_rows,
)
from capphep.catalog.models import Module
from capphep.platform.history import history_of
from capphep.platform.htmx import redirect
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids


def module_fields(request: HttpRequest, module_id: int) -> HttpResponse:
    """context: as `_page`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    module = record_of(Module, module_id)
    if request.method != "POST":
        return _page(request, module, rows_of(module.extra_schema))
    rows = posted_rows(request.POST)
    if request.POST.get("intent") or request.GET.get("intent"):
        return _page(request, module, rows, is_changed=True)
    try:
        save_fields(
            actor=actor,
            module_id=module_id,
            seen_version=_number(request.POST.get("version", "")),
            fields=[row.described() for row in rows],
        )
    except Invalids as found:
        more = show_at_rows(rows, found.refusals)
        return _page(request, module, rows, problems=more, is_changed=True, status=422)
    except Stale:
        return _stale(request, record_of(Module, module_id), rows)
    message = _("%(name)s is saved.") % {"name": module.name}
    return redirect(request, "catalog:product", module.product_id, message=message)


def _stale(request: HttpRequest, module: Module, rows: Sequence[FieldForm]) -> HttpResponse:
    """What was typed comes back with the version of today: saving again is a conscious act."""
    names = ", ".join(row["vi"].value() for row in rows_of(module.extra_schema))
    text = _("Somebody else changed these fields meanwhile. Saved now: %(names)s. Yours are below.")
    problems = [text % {"names": names or "–"}]
    return _page(request, module, rows, problems=problems, is_changed=True, status=409)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _page(
    request: HttpRequest,
    module: Module,
    rows: Sequence[FieldForm],
    *,
    problems: Sequence[str] = (),
    is_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """context: title, module, version, rows, preview (ExtraForm), problems, is_changed, entries."""
    described = [row.described() for row in rows]
    is_again = status == 409 or request.method != "POST"
    context: dict[str, Any] = {
        "title": _("Additional information: %(module)s") % {"module": module.name},
        "module": module,
        "version": module.version if is_again else _number(request.POST.get("version", "")),
        "rows": rows,
        "preview": ExtraForm(preview_fields(described, get_language() or ""), initial={}),
        "problems": problems,
        "has_errors": bool(problems) or status == 422,
        "is_changed": is_changed,
        "cancel_url": reverse("catalog:product", args=[module.product_id]),
        "entries": history_of(module),
    }
    return render(request, "catalog/fields.html", context, status=status)
