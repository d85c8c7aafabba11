"""What screens with forms have in common: a form tried once, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from capphep.platform import kept_forms
from capphep.platform.conflicts import StaleEdit
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.record_forms import RecordForm
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalid, Invalids

T = TypeVar("T")


def typed_in(request: HttpRequest) -> QueryDict | None:
    """What was posted, or what was typed here when the session ended."""
    return request.POST if request.method == "POST" else kept_forms.take(request)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """``saved`` is the record; without one, the form comes back with ``status``."""

    saved: T | None = None
    status: int = 200
    conflict: StaleEdit | None = None


def attempt(
    request: HttpRequest,
    form: RecordForm,
    action: Callable[[], T],
    stale: Callable[[], StaleEdit] | None = None,
) -> Attempt[T]:
    """Run ``action`` for a posted, valid form; what it refuses stands at the form's fields.

    ``stale`` says what to show beside the form when somebody else saved first (409). Other
    refusals, a NotFound or a Forbidden, are the middleware's to answer.
    """
    if request.method != "POST":
        return Attempt()
    if not form.is_valid():
        return Attempt(status=422)
    try:
        return Attempt(saved=action())
    except Stale:
        if stale is None:
            raise
        return Attempt(status=409, conflict=stale())
    except (Invalid, Invalids) as refused:
        form.show(refused)
        return Attempt(status=422)


def over_form(band: HeaderBand) -> HeaderBand:
    """A record's band above its form: to save is what comes next, anything else waits for that."""
    return replace(band, primary=MenuItem(_("Save"), "record-form", "submit"), actions=())


def form_page(
    request: HttpRequest,
    template: str,
    form: RecordForm,
    tried: Attempt[T],
    *,
    title: str,
    cancel_url: str,
    band: HeaderBand | None = None,
) -> HttpResponse:
    """A record's form, first or again; ``band`` is that of the record as it is saved.

    context: title, form, conflict, was_kept, cancel_url, band.
    """
    context = {
        "title": title,
        "form": form,
        "conflict": tried.conflict,
        "was_kept": form.is_bound and request.method != "POST",
        "cancel_url": cancel_url,
        "band": over_form(band) if band else None,
    }
    return render(request, template, context, status=tried.status)
