"""Loading a catalogue file: what is wrong in it comes back with the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.catalog import imports
from capphep.catalog.exports import catalogue_file
from capphep.catalog.forms.loading import LoadForm
from capphep.catalog.previews import MOST_SHOWN, Preview
from capphep.platform import clock, kept_forms
from capphep.platform.htmx import redirect
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalids, Refusal


@dataclass(frozen=True, slots=True)
class LineMistake:
    """A mistake of the file as the page shows it, with what stands on its line."""

    line: int
    quoted: str
    text: str
    rule: str


def load(request: HttpRequest) -> HttpResponse:
    """context: as `_load_page`."""
    require(actor_of(request), Permission.CATALOGUE_WRITE)
    if request.method != "POST":
        return _load_page(request, LoadForm(kept_forms.take(request)))
    form = LoadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _load_page(request, form, status=422)
    content = form.content()
    seen = request.POST.get("confirmed", "")
    try:
        loaded = imports.load_seen(actor=actor_of(request), content=content, seen=seen)
    except Invalids as found:
        return _refused(request, content, found.refusals)
    if isinstance(loaded, Preview):
        return _to_confirm(request, content, loaded, is_new=bool(seen))
    message = _("Catalogue loaded: %(created)s created, %(updated)s updated, %(unchanged)s same.")
    counts = {name: getattr(loaded, name) for name in ("created", "updated", "unchanged")}
    return redirect(request, "catalog:item_list", message=message % counts)


def _to_confirm(
    request: HttpRequest, content: bytes, preview: Preview, *, is_new: bool
) -> HttpResponse:
    """What the file would do; ``is_new`` where that is not what the person had agreed to."""
    return _load_page(
        request,
        _text_form(content),
        preview=preview,
        is_new=is_new,
        status=409 if is_new else 200,
    )


def _text_form(content: bytes) -> LoadForm:
    return LoadForm({"text": content.decode("utf-8-sig", errors="replace")})


def _refused(request: HttpRequest, content: bytes, refusals: Sequence[Refusal]) -> HttpResponse:
    """The file comes back as text, so that it can be corrected where it stands."""
    form = _text_form(content)
    lines = form.data["text"].splitlines()
    mistakes = [_shown(refusal, lines) for refusal in refusals]
    return _load_page(request, form, mistakes=mistakes, status=422)


def _shown(refusal: Refusal, lines: Sequence[str]) -> LineMistake:
    line = getattr(refusal, "line", 1)
    quoted = lines[line - 1].strip() if line <= len(lines) else ""
    return LineMistake(line, quoted[:200], refusal_text(refusal), refusal.rule)


def _load_page(
    request: HttpRequest,
    form: LoadForm,
    *,
    mistakes: Sequence[LineMistake] = (),
    preview: Preview | None = None,
    is_new: bool = False,
    status: int = 200,
) -> HttpResponse:
    """context: title, form, mistakes, preview (previews.Preview), is_new, intro, submit_label,
    cancel_url."""
    context: dict[str, Any] = {
        "title": _("Load the catalogue"),
        "intro": _(
            "You see what the file would change before anything is; "
            "with one mistake in it nothing is."
        ),
        "form": form,
        "mistakes": mistakes,
        "preview": preview,
        "is_new": is_new,
        "most": MOST_SHOWN,
        "submit_label": _("Look at the changes"),
        "cancel_url": reverse("catalog:item_list"),
    }
    return render(request, "catalog/load.html", context, status=status)


def sample(request: HttpRequest) -> FileResponse:
    """The sample catalogue, to write one's own after."""
    require(actor_of(request), Permission.CATALOGUE_WRITE)
    return FileResponse(
        imports.DEMO_FILE.open("rb"),
        as_attachment=True,
        filename="catalogue.yaml",
        content_type="application/yaml",
    )


def download(request: HttpRequest) -> HttpResponse:
    """The catalogue as a file, which the screen of loading takes again."""
    require(actor_of(request), Permission.CATALOGUE_WRITE)
    name = f"catalogue-{clock.today():%Y%m%d}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(catalogue_file(), content_type="application/yaml", headers=headers)
