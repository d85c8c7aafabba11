"""What is done to many rows of a list, each in a transaction of its own, each with its answer.

    STOP = BulkAction(
        name="stop",
        label=_("Stop following"),
        title=lambda number: ngettext("…%(number)s customer?", "…%(number)s customers?", number),
        do=stop,  # (actor, Target, choice) -> None; raises the refusal that the row is answered
        allowed=lambda actor: may(actor, Permission.CUSTOMER_WRITE),
        done_word=_("No longer followed"),
    )

`settings.BULK_ACTIONS` says by the name of a list what can be done there; the list's bar offers
it, `bulk_views` asks and answers. Few rows are done at once, more in the background
(`exchange.bulk_running`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django import forms
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string

from capphep.platform import jobs
from capphep.platform.kit import Text
from capphep.platform.list_spec import Bulk
from capphep.platform.models import BackgroundJob, User
from capphep.platform.roles import not_permitted
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalids, NotFound, Refusal, gettext_noop

AT_ONCE: Final = 50
"""A page of a list; more rows are done in the background."""
JOB: Final = "bulk"
Choice = Mapping[str, Any]
"""What was chosen for all rows, as JSON has it."""


class Target(NamedTuple):
    """A record by its key, and the version that the person saw; 0 where its kind has none."""

    key: int
    version: int


class ChoiceForm(forms.Form):
    """What is to be chosen for all rows at once."""

    def __init__(self, actor: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def choice(self) -> dict[str, Any]:
        """What was chosen, as JSON has it; of a valid form."""
        return {}


@dataclass(frozen=True)
class BulkAction:
    """``do`` writes one record, checks everything itself, and can be asked again safely.

    ``title`` is the question about so many rows, with ``%(number)s``; ``text`` what follows
    from it. ``finish`` is called once with how many were done, in a transaction of its own.
    """

    name: str
    label: Text
    title: Callable[[int], str]
    do: Callable[[User, Target, Choice], None]
    allowed: Callable[[User], bool]
    done_word: Text
    text: Text = ""
    icon: str = ""
    form: type[ChoiceForm] | None = None
    finish: Callable[[User, Choice, int], None] | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: ``refused`` says why it stays as it is, "" where it was done."""

    key: int
    refused: str = ""


def actions_of(list_name: str) -> list[BulkAction]:
    return [import_string(path) for path in settings.BULK_ACTIONS.get(list_name, ())]


def action_named(list_name: str, name: str, actor: User) -> BulkAction:
    """Raises NotFound; Forbidden for whom the action is not."""
    found = next((each for each in actions_of(list_name) if each.name == name), None)
    if found is None:
        raise NotFound("no_such_action", gettext_noop("There is no such action."))
    if not found.allowed(actor):
        raise not_permitted()
    return found


def offered(list_name: str, actor: User) -> list[Bulk]:
    """What the list's bar offers the actor."""
    return [
        Bulk(each.label, reverse("lists:bulk", args=[list_name, each.name]), each.icon)
        for each in actions_of(list_name)
        if each.allowed(actor)
    ]


def do_each(
    action: BulkAction, actor: User, rows: Iterable[Target], choice: Choice
) -> list[Outcome]:
    """Each row in a transaction of its own; one that is refused leaves the others as they are."""
    return [_outcome(action, actor, row, choice) for row in rows]


def do_now(
    action: BulkAction, actor: User, rows: Sequence[Target], choice: Choice
) -> list[Outcome]:
    """`do_each`, and what follows from it."""
    outcomes = do_each(action, actor, rows, choice)
    with transaction.atomic():
        finish(action, actor, choice, sum(not each.refused for each in outcomes))
    return outcomes


def finish(action: BulkAction, actor: User, choice: Choice, done: int) -> None:
    if action.finish and done:
        action.finish(actor, choice, done)


@transaction.atomic
def do_later(
    *,
    action: BulkAction,
    list_name: str,
    title: Text,
    actor: User,
    rows: Sequence[Target],
    choice: Choice,
    link: str,
) -> BackgroundJob:
    """The rows as they are now, in the background; ``title`` is that of the list."""
    return jobs.submit(
        actor=actor,
        kind=JOB,
        title=gettext_noop("Many at once"),
        label=f"{action.label} · {title}",
        link=link,
        params={
            "list": list_name,
            "action": action.name,
            # In the order of their keys: two at the same time never wait for each other in a ring.
            "rows": sorted(rows),
            "choice": choice,
        },
        total=len(rows),
    )


def _outcome(action: BulkAction, actor: User, target: Target, choice: Choice) -> Outcome:
    try:
        with transaction.atomic():
            action.do(actor, target, choice)
    except Refusal as refusal:
        return Outcome(target.key, refusal_text(refusal))
    except Invalids as several:
        return Outcome(target.key, " ".join(map(refusal_text, several.refusals)))
    return Outcome(target.key)
