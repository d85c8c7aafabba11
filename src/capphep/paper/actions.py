"""What administrators decide about paper (R13): templates and the letterhead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from capphep.paper import rules
from capphep.paper.kinds import PaperKind
from capphep.paper.layouts import LAYOUTS
from capphep.paper.letterheads import FACTS, logo_bytes
from capphep.paper.models import Letterhead, PaperTemplate
from capphep.platform import audit, files, rows, versions
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Conflict, Invalid, Invalids, NotFound, gettext_noop
from capphep.pure.folding import clean

MOST_COPIES: Final = 20


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was typed: every text by its name, the columns that were ticked."""

    name: str = ""
    texts: Mapping[str, str]
    columns: Collection[str]
    copies: int
    has_motto: bool


@transaction.atomic
def create_template(*, actor: Actor, kind: PaperKind, wanted: Wanted) -> PaperTemplate:
    """One more template of the kind. Raises Forbidden; Invalids as `edit_template`."""
    require(actor, Permission.SETTING_WRITE)
    values = _values(kind, wanted, is_standard=False)
    template = PaperTemplate(kind=kind, updated_by_id=actor.pk, **values)
    if not rows.insert_new(template):
        raise Invalids([_taken()])
    audit.record(actor, [audit.Change(template, "created", after=_told(kind, values))])
    return template


@transaction.atomic
def edit_template(
    *, actor: Actor, kind: PaperKind, template_id: int, seen_version: int, wanted: Wanted
) -> PaperTemplate:
    """Change a template; 0 is the standard one, which has version 0 before its first change.

    Raises Forbidden, NotFound; Stale; Invalids paper_placeholder, paper_brace, paper_too_long,
    paper_copies, paper_name, paper_name_taken, each at its field.
    """
    require(actor, Permission.SETTING_WRITE)
    template = _locked(actor, kind, template_id, seen_version)
    values = _values(kind, wanted, is_standard=not template.name)
    _write(actor, template, seen_version, values, "edited")
    return template


@transaction.atomic
def restore_default(
    *, actor: Actor, kind: PaperKind, template_id: int, seen_version: int
) -> PaperTemplate:
    """The code's texts and columns again. Raises Forbidden, NotFound; Stale."""
    require(actor, Permission.SETTING_WRITE)
    template = _locked(actor, kind, template_id, seen_version)
    values: dict[str, Any] = {"texts": {}, "columns": None, "copies": 2, "has_motto": True}
    _write(actor, template, seen_version, values, "template_restored")
    return template


@transaction.atomic
def make_default(*, actor: Actor, kind: PaperKind, template_id: int) -> PaperTemplate:
    """Print with this template unless another is asked for. Raises Forbidden, NotFound."""
    require(actor, Permission.SETTING_WRITE)
    template = _locked(actor, kind, template_id)
    if not template.is_active:
        raise _not_found()
    if template.is_default:
        return template
    for other in PaperTemplate.objects.filter(kind=kind, is_default=True):
        _write(actor, other, other.version, {"is_default": False}, "edited")
    _write(actor, template, template.version, {"is_default": True}, "edited")
    return template


@transaction.atomic
def retire_template(*, actor: Actor, kind: PaperKind, template_id: int) -> None:
    """Offer it no more. Raises Forbidden, NotFound; Conflict paper_template_needed."""
    require(actor, Permission.SETTING_WRITE)
    template = _locked(actor, kind, template_id)
    if not template.name or template.is_default:
        message = gettext_noop("The standard template and the default one stay in use.")
        raise Conflict("paper_template_needed", message)
    _write(actor, template, template.version, {"is_active": False}, "deactivated")


def _locked(
    actor: Actor, kind: PaperKind, template_id: int, seen_version: int | None = None
) -> PaperTemplate:
    """The template; all of its kind are held, for one of them is the default."""
    held = list(PaperTemplate.objects.select_for_update().filter(kind=kind).order_by("pk"))
    if template_id:
        found = [each for each in held if each.pk == template_id]
    else:
        found = [each for each in held if not each.name] or [_first(actor, kind, seen_version)]
    if not found:
        raise _not_found()
    return found[0]


def _first(actor: Actor, kind: PaperKind, seen_version: int | None) -> PaperTemplate:
    """The standard template as a row, before its first change."""
    template = PaperTemplate(kind=kind, version=0, updated_by_id=actor.pk)
    # Of two who change it for the first time one is late.
    if seen_version or not rows.insert_new(template):
        raise versions.Stale
    return template


def _write(
    actor: Actor, template: PaperTemplate, seen_version: int, values: Mapping[str, Any], verb: str
) -> None:
    kind = PaperKind(template.kind)
    before = _told(kind, {name: getattr(template, name) for name in values})
    try:
        with transaction.atomic():
            versions.write(template, seen_version, values, actor)
    except IntegrityError as error:
        raise Invalids([_taken()]) from error
    changed = audit.differences(before, _told(kind, values))
    audit.record(actor, [audit.Change(template, verb, *changed)])


def _told(kind: PaperKind, values: Mapping[str, Any]) -> dict[str, object]:
    """As the trail keeps it: what counts, each text under its own name."""
    layout, told = LAYOUTS[kind], dict(values)
    texts = told.pop("texts", None)
    if "columns" in told:
        told["columns"] = told["columns"] or layout.default_columns
    if texts is not None:
        told |= {each.name: texts.get(each.name, each.default) for each in layout.texts}
    return told


def _values(kind: PaperKind, wanted: Wanted, *, is_standard: bool) -> dict[str, Any]:
    """What the row shall hold: of the texts those that differ from the code's."""
    layout, problems = LAYOUTS[kind], list[Invalid]()
    texts = {}
    for each in layout.texts:
        text = _text(wanted.texts.get(each.name, ""))
        try:
            rules.check(text, layout.placeholders, each.name)
        except Invalid as problem:
            problems.append(problem)
        if text != each.default:
            texts[each.name] = text
    columns = [each.key for each in layout.columns if each.is_fixed or each.key in wanted.columns]
    name = "" if is_standard else clean(wanted.name)
    problems += _name_problems(name, is_standard)
    if not 1 <= wanted.copies <= MOST_COPIES:
        message = gettext_noop("Enter a whole number from %(least)s to %(most)s.")
        params = {"least": 1, "most": MOST_COPIES}
        problems.append(Invalid("paper_copies", message, field="copies", params=params))
    if problems:
        raise Invalids(problems)
    return {
        "name": name,
        "texts": texts,
        "columns": None if columns == layout.default_columns else columns,
        "copies": wanted.copies,
        "has_motto": wanted.has_motto,
    }


def _text(typed: str) -> str:
    lines = typed.replace("\r\n", "\n").replace("\x00", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _name_problems(name: str, is_standard: bool) -> Sequence[Invalid]:
    if is_standard or 0 < len(name) <= 100:
        return []
    message = gettext_noop("A template needs a name of at most 100 characters.")
    return [Invalid("paper_name", message, field="name")]


def _taken() -> Invalid:
    message = gettext_noop("There is a template of this name already.")
    return Invalid("paper_name_taken", message, field="name")


def _not_found() -> NotFound:
    return NotFound("paper_template_not_found", gettext_noop("There is no such template."))


# --- the letterhead ------------------------------------------------------------------------------


@transaction.atomic
def edit_letterhead(
    *,
    actor: Actor,
    seen_version: int,
    facts: Mapping[str, str],
    logo: bytes | None = None,
    without_logo: bool = False,
) -> Letterhead:
    """Say who the vendor is on every paper; ``logo`` is the upload, None keeps the one there is.

    Raises Forbidden; Invalid paper_logo; Stale.
    """
    require(actor, Permission.SETTING_WRITE)
    values: dict[str, Any] = {name: clean(facts.get(name, "")) for name in FACTS}
    if logo is not None:
        values["logo_id"] = files.store([logo_bytes(logo)]).pk
    elif without_logo:
        values["logo_id"] = None
    letterhead = _held_letterhead(actor, seen_version)
    before, after = versions.write(letterhead, seen_version, values, actor)
    audit.record(actor, [audit.Change(letterhead, "edited", before, after)])
    return letterhead


def _held_letterhead(actor: Actor, seen_version: int) -> Letterhead:
    found = Letterhead.objects.select_for_update().first()
    if found:
        return found
    letterhead = Letterhead(id=Letterhead.ONLY, version=0, updated_by_id=actor.pk)
    if seen_version or not rows.insert_new(letterhead):
        raise versions.Stale
    return letterhead
