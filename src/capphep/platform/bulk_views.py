"""The dialogs of what is done to many rows of a list: the question, then what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from capphep.platform import bulk
from capphep.platform.addresses import url_if_any
from capphep.platform.bulk import AT_ONCE, BulkAction, ChoiceForm, Outcome
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import Status
from capphep.platform.lists import ListSource, source_named
from capphep.platform.models import User
from capphep.platform.selection import MOST, SEEN, Selection, selected
from capphep.platform.signed_in import actor_of
from capphep.pure.money import format_number

_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A record's name, and where its page is."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row, in a word; ``text`` says why it stays as it is."""

    label: str
    url: str
    status: Status
    text: str


def bulk_action(request: HttpRequest, name: str, action: str) -> HttpResponse:
    """context: as `_question`, or `_answer`. Nothing else is done than was asked about."""
    actor, source = actor_of(request), source_named(name)
    found = bulk.action_named(name, action, actor)
    is_answer = request.method == "POST"
    selection = selected(source, actor, request.POST if is_answer else request.GET)
    form = found.form(actor, request.POST or None) if found.form else None
    if not is_answer or not selection.rows:
        return _question(request, source, found, selection, form)
    if request.POST.get(SEEN) != selection.fingerprint:
        return _question(request, source, found, selection, form, has_changed=True)
    if form and not form.is_valid():
        return _question(request, source, found, selection, form)
    choice = form.choice() if form else {}
    if len(selection.rows) > AT_ONCE:
        return _later(request, source, found, selection, choice)
    # Read before: what is handed over may be out of sight afterwards.
    records = _records(source, actor, selection)
    outcomes = bulk.do_now(found, actor, selection.rows, choice)
    return _answer(request, source, found, selection, [*_results(found, records, outcomes)])


def _question(
    request: HttpRequest,
    source: ListSource[Any],
    action: BulkAction,
    selection: Selection,
    form: ChoiceForm | None,
    *,
    has_changed: bool = False,
) -> HttpResponse:
    """context: as `platform/_confirm.html`; selection, count, names, more, most, is_long,
    has_changed."""
    count = len(selection.rows)
    records = _records(source, actor_of(request), selection, _NAMED)
    context = {
        "title": action.title(count) % {"number": format_number(count)},
        "text": action.text,
        "danger": action.danger,
        "form": form if count else None,
        "hidden": selection.hidden,
        "action": request.path,
        "back_url": source.at(selection.query),
        "yes_label": action.label,
        "no_label": _("Cancel"),
        "selection": selection,
        "count": count,
        "names": [each.label for each in records.values()],
        "more": max(count - _NAMED, 0),
        "most": MOST,
        "is_long": count > AT_ONCE,
        "has_changed": has_changed,
    }
    asked_again = has_changed or bool(form and form.is_bound)
    status = 409 if has_changed else 422 if asked_again else 200
    return render_dialog(request, "platform/_bulk.html", context, status=status)


def _later(
    request: HttpRequest,
    source: ListSource[Any],
    action: BulkAction,
    selection: Selection,
    choice: bulk.Choice,
) -> HttpResponse:
    link = url_if_any("exchange:job_list")
    bulk.do_later(
        action=action,
        list_name=source.name,
        title=source.title,
        actor=actor_of(request),
        rows=selection.rows,
        choice=choice,
        link=link,
    )
    message = _("It goes on in the background; you will be told when it is done.")
    return redirect(request, link, message=message, tone="info")


def _answer(
    request: HttpRequest,
    source: ListSource[Any],
    action: BulkAction,
    selection: Selection,
    results: Sequence[Result],
) -> HttpResponse:
    """context: title, results (Result), back_url. Lists reload."""
    refused = sum(bool(result.text) for result in results)
    done = len(results) - refused
    title = _("%(label)s: %(count)s done")
    if refused:
        title = _("%(label)s: %(count)s done, %(left)s stay as they are.")
    context = {
        "title": title % {"label": action.label, "count": done, "left": refused},
        "results": sorted(results, key=lambda result: not result.text),
        "back_url": source.at(selection.query),
    }
    response = render_dialog(request, "platform/_bulk_results.html", context)
    response["HX-Trigger"] = "record-changed"
    return response


def _results(
    action: BulkAction, records: Mapping[int, Shown], outcomes: Iterable[Outcome]
) -> Iterator[Result]:
    done, stays = Status(action.done_word, "good"), Status(_("Not done"), "bad")
    for outcome in outcomes:
        shown = records.get(outcome.key, Shown(str(outcome.key), ""))
        status = stays if outcome.refused else done
        yield Result(shown.label, shown.url, status, outcome.refused)


def _records(
    source: ListSource[Any], actor: User, selection: Selection, most: int = AT_ONCE
) -> dict[int, Shown]:
    """The first of the rows, by their keys."""
    here = source.of(QueryDict(selection.query))
    keys, spec = selection.keys[:most], here.spec(actor)
    records = here.rows(actor).filter(pk__in=keys)
    found = {each.pk: Shown(spec.name_of(each), spec.row_url(each)) for each in records}
    return {key: found[key] for key in keys if key in found}
