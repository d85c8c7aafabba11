"""The small values that the kit's templates show: menu items, statuses, header bands."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Text: TypeAlias = StrOrPromise
else:
    Text = str

Tone: TypeAlias = Literal["neutral", "info", "waiting", "good", "bad", "gone"]
StepState: TypeAlias = Literal["done", "current", "todo", "refused"]
ItemKind: TypeAlias = Literal["link", "dialog", "post", "submit"]


@dataclass(frozen=True, slots=True)
class Status:
    """A state as people read it: a word, and the colour of its dot."""

    label: Text
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One thing to do, in a row's menu or in a header band.

    ``link`` opens ``url``; ``dialog`` loads ``url`` into the dialog (a page of its own
    without scripts); ``post`` posts to ``url``; ``submit`` submits the form whose id is
    ``url``. A ``disabled_reason`` shows the item as one that cannot be chosen, and why.
    ``key`` is a single letter that does the same while nobody is typing.
    """

    label: Text
    url: str = ""
    kind: ItemKind = "link"
    icon: str = ""
    danger: bool = False
    disabled_reason: Text = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    label: Text
    state: StepState = "todo"


def steps(labels: Sequence[Text], current: int, *, refused: bool = False) -> list[Step]:
    """A stepper: everything before ``current`` is done; the current one may be refused."""
    here: StepState = "refused" if refused else "current"
    return [
        Step(label, "done" if index < current else here if index == current else "todo")
        for index, label in enumerate(labels)
    ]


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said of one field, to be seen at it. ``is_settled``: it was changed since.

    A form shows those in its attribute ``remarks``, a mapping by the name of the field.
    ``field`` is "" for something that the form no longer has.
    """

    field: str
    label: str
    text: str
    by: str
    at: datetime.datetime | None = None
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class HeaderBand:
    """The band on top of a record: what it is, where it stands, what comes next.

    ``primary`` is the next legal step; everything else waits in ``actions``, the menu
    labelled *Chức năng*. ``walk`` are buttons to the records beside it, shown as icons.
    """

    title: Text
    number: str = ""
    subtitle: Text = ""
    status: Status | None = None
    steps: Sequence[Step] = ()
    primary: MenuItem | None = None
    actions: Sequence[MenuItem] = ()
    walk: Sequence[MenuItem] = ()
    back_url: str = ""
    back_label: Text = ""
