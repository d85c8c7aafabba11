"""The automatic checks of the evidence: pure comparisons, as those of `ims.checks`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.ims.check_codes import CheckCode
from capphep.ims.checks import Check, Link, Outcome
from capphep.pure.money import format_dong


@dataclass(frozen=True, slots=True)
class File:
    """Evidence and what its text says; None where the file was never read.

    ``has_text`` and ``is_readable`` tell a scan from what cannot be read at all; the pages
    are those on which the text names the budget code and the amount.
    """

    name: str
    is_readable: bool | None
    has_text: bool = False
    is_cut: bool = False
    code_pages: Sequence[int] = ()
    amount_pages: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was typed about a funding decision; ``amount`` in whole đồng."""

    name: str
    number: str
    issued_on: datetime.date | None
    amount: int | None


def evidence(missing: Sequence[str]) -> Check:
    if not missing:
        text = _("Funding decision and proof of commitment are attached.")
        return Check(CheckCode.EVIDENCE, Outcome.OK, text)
    text = _("Missing evidence: %(kinds)s.") % {"kinds": ", ".join(missing)}
    return Check(CheckCode.EVIDENCE, Outcome.WARN, text)


def readable(files: Sequence[File]) -> Check:
    broken = [file.name for file in files if file.is_readable is False]
    unread = [file.name for file in files if file.is_readable is None]
    if broken:
        text = _("The text of these files cannot be read; see whether they open:")
        return Check(CheckCode.READABLE, Outcome.WARN, text, broken)
    if unread or not files:
        text = _("Not read yet:") if unread else _("There is no file to read.")
        return Check(CheckCode.READABLE, Outcome.UNKNOWN, text, unread)
    text = _("Every file opens; %(count)s of %(total)s contain text.")
    values = {"count": sum(file.has_text for file in files), "total": len(files)}
    return Check(CheckCode.READABLE, Outcome.OK, text % values)


def file_elsewhere(others: Sequence[Link]) -> Check:
    if not others:
        text = _("No file was used in another request.")
        return Check(CheckCode.FILE_ELSEWHERE, Outcome.OK, text)
    text = ngettext(
        "A file was used in %(count)s other request too:",
        "A file was used in %(count)s other requests too:",
        len(others),
    )
    values = {"count": len(others)}
    return Check(CheckCode.FILE_ELSEWHERE, Outcome.WARN, text % values, links=others)


def decision(decisions: Sequence[Decision]) -> Check:
    if not decisions:
        text = _("No funding decision is attached.")
        return Check(CheckCode.DECISION, Outcome.UNKNOWN, text)
    bare = [each for each in decisions if not each.number or not each.issued_on]
    if bare:
        text = _("Not entered by the salesperson:")
        return Check(CheckCode.DECISION, Outcome.WARN, text, [_lacking(each) for each in bare])
    text = ngettext("The decision is described:", "The decisions are described:", len(decisions))
    return Check(CheckCode.DECISION, Outcome.OK, text, [_described(each) for each in decisions])


def _lacking(each: Decision) -> str:
    what = [
        label
        for label, is_there in ((_("number"), each.number), (_("date"), each.issued_on))
        if not is_there
    ]
    return f"{each.name}: {', '.join(what)}"


def _described(each: Decision) -> str:
    text = _("No. %(number)s of %(day)s")
    return text % {"number": each.number, "day": f"{each.issued_on:%d/%m/%Y}"}


def decision_amount(decisions: Sequence[Decision], needed: int) -> Check:
    """Several decisions may pay together."""
    amounts = [each.amount for each in decisions if each.amount is not None]
    if not amounts:
        text = _("No amount of a decision was entered.")
        return Check(CheckCode.DECISION_AMOUNT, Outcome.UNKNOWN, text)
    decided = sum(amounts)
    values = {"decided": format_dong(decided), "needed": format_dong(needed)}
    if decided < needed:
        text = _("Decided: %(decided)s. Needed: %(needed)s, which is %(missing)s more.")
        values["missing"] = format_dong(needed - decided)
        return Check(CheckCode.DECISION_AMOUNT, Outcome.WARN, text % values)
    text = _("Decided: %(decided)s. Needed: %(needed)s.")
    return Check(CheckCode.DECISION_AMOUNT, Outcome.OK, text % values)


def text_budget_code(files: Sequence[File], code: str) -> Check:
    pages = [file.code_pages for file in files]
    return _in_texts(CheckCode.TEXT_BUDGET_CODE, code, files, pages)


def text_amount(files: Sequence[File], needed: int) -> Check:
    pages = [file.amount_pages for file in files]
    return _in_texts(CheckCode.TEXT_AMOUNT, format_dong(needed), files, pages)


def _in_texts(
    code: CheckCode, sought: str, files: Sequence[File], pages: Sequence[Sequence[int]]
) -> Check:
    """Found in one file is found; where no file has text, nobody knows."""
    details = [
        f"{file.name}: {_text_result(file, found)}"
        for file, found in zip(files, pages, strict=True)
    ]
    if any(pages):
        text = _("%(sought)s stands in the evidence.")
        outcome = Outcome.OK
    elif any(file.has_text for file in files):
        text, outcome = _("%(sought)s was not found in the evidence."), Outcome.WARN
    else:
        text, outcome = _("No file has text in which to look for %(sought)s."), Outcome.UNKNOWN
    return Check(code, outcome, text % {"sought": sought}, details)


def _text_result(file: File, pages: Sequence[int]) -> str:
    if pages:
        return _("found, page %(pages)s") % {"pages": ", ".join(map(str, dict.fromkeys(pages)))}
    if file.is_readable is None:
        return _("not read yet")
    if not file.is_readable:
        return _("cannot be read")
    if not file.has_text:
        return _("no text layer")
    return _("not found in the part that was read") if file.is_cut else _("not found")
