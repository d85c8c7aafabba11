"""Settings that an administrator changes on a screen, without touching the machine.

A module declares its own in its `options.py` and asks ``OPTION.value()`` where it needs it. What
an administrator chose stands in `models.OptionValue`; where nobody chose, its default counts: the
setting of the same meaning in `config.settings`. A variable that is set in the environment wins
over both, and the screen says so.

Inside a `unit` of work – a request, a look of the worker at a job – all of them are read in one
statement, when the first is asked for; what is outside of one reads each time. Nothing is kept
beyond it, so no process goes on with what was changed elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.platform.kit import Text
from capphep.platform.models import OptionValue
from capphep.platform.prepared import prepared
from capphep.platform.widgets import Ticks
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean
from capphep.pure.money import format_number

if TYPE_CHECKING:
    from django.db.models import QuerySet

T = TypeVar("T")
FIELD: Final = "value"
"""The name of an option's field in its form, which refusals name."""


class _Unit:
    values: Mapping[str, Any] | None = None


_unit: ContextVar[_Unit | None] = ContextVar("options_unit", default=None)


@contextmanager
def unit() -> Iterator[None]:
    """What is asked for inside is read at most once; what is around it keeps its own."""
    token = _unit.set(_Unit())
    try:
        yield
    finally:
        _unit.reset(token)


def forget() -> None:
    """Read again: this unit of work has changed something itself."""
    if known := _unit.get():
        known.values = None


def _chosen() -> Mapping[str, Any]:
    known = _unit.get() or _Unit()
    if known.values is None:
        known.values = dict(_stored())
    return known.values


@prepared
def _stored() -> QuerySet[OptionValue, tuple[str, Any]]:
    rows = OptionValue.objects.filter(value__isnull=False).order_by()
    return rows.values_list("key", "value")


@dataclass(frozen=True, kw_only=True)
class Option(ABC, Generic[T]):
    """One setting: ``key`` is its name for ever, ``variable`` the one of the environment.

    ``help`` is the rule's sentence as people read it on the screen. ``default`` gives what counts
    where nobody chose.
    """

    key: str
    label: Text
    help: Text
    default: Callable[[], T]
    rule: str = ""
    variable: str = ""

    @property
    def is_fixed(self) -> bool:
        """Whether the environment sets it, so that no screen can."""
        return self.variable in settings.GIVEN

    def chosen(self) -> T | None:
        """What an administrator chose; None where nobody did, or the environment decides."""
        if self.is_fixed:
            return None
        value = _chosen().get(self.key)
        return None if value is None else self.read(value)

    def value(self) -> T:
        """What counts now."""
        chosen = self.chosen()
        return self.default() if chosen is None else chosen

    def read(self, stored: Any) -> T:
        """The value out of what the database keeps."""
        read: T = stored
        return read

    @abstractmethod
    def parse(self, typed: Any) -> Any:
        """What the database shall keep of what was typed. Raises Invalid at `FIELD`."""

    def shown(self, value: T) -> str:
        """The value as people read it."""
        return str(value)

    @abstractmethod
    def form_field(self) -> forms.Field:
        """What the screen asks it by."""

    def initial(self, value: T) -> Any:
        """What the form's field holds for the value."""
        return value


@dataclass(frozen=True, kw_only=True)
class YesNo(Option[bool]):
    def parse(self, typed: Any) -> bool:
        if typed not in ("yes", "no"):
            raise Invalid("option_yes_no", gettext_noop("Choose yes or no."), field=FIELD)
        return bool(typed == "yes")

    def shown(self, value: bool) -> str:
        return _("Yes") if value else _("No")

    def initial(self, value: bool) -> str:
        return "yes" if value else "no"

    def form_field(self) -> forms.Field:
        choices = [("yes", _("Yes")), ("no", _("No"))]
        return forms.CharField(label=self.label, widget=forms.Select(choices=choices))


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Option[int]):
    """From ``least`` to ``most``; ``unit`` is the word behind it, such as days."""

    least: int = 0
    most: int
    unit: Text = ""

    def parse(self, typed: Any) -> int:
        text = clean(str(typed)).replace(".", "")
        if not text.isascii() or not text.isdigit() or not self.least <= int(text) <= self.most:
            message = gettext_noop("Enter a whole number from %(least)s to %(most)s.")
            params = {"least": format_number(self.least), "most": format_number(self.most)}
            raise Invalid("option_number", message, field=FIELD, params=params)
        return int(text)

    def shown(self, value: int) -> str:
        return f"{format_number(value)} {self.unit}".strip()

    def form_field(self) -> forms.Field:
        widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": 9})
        return forms.CharField(label=self.label, required=False, widget=widget)


@dataclass(frozen=True, kw_only=True)
class Numbers(Option[list[int]]):
    """Whole numbers from 1, each once, in ascending order; there may be none."""

    most: int
    longest: int = 20
    unit: Text = ""

    def parse(self, typed: Any) -> list[int]:
        texts = clean(str(typed)).replace(",", " ").replace(";", " ").split()
        are_numbers = all(text.isascii() and text.isdigit() for text in texts)
        numbers = {int(text) for text in texts} if are_numbers else {0}
        if len(texts) > self.longest or not all(1 <= one <= self.most for one in numbers):
            message = gettext_noop("Enter whole numbers from 1 to %(most)s, commas between them.")
            params = {"most": format_number(self.most)}
            raise Invalid("option_numbers", message, field=FIELD, params=params)
        return sorted(numbers)

    def shown(self, value: list[int]) -> str:
        if not value:
            return _("None")
        return f"{', '.join(map(str, value))} {self.unit}".strip()

    def initial(self, value: list[int]) -> str:
        return ", ".join(map(str, value))

    def form_field(self) -> forms.Field:
        widget = forms.TextInput({"autocomplete": "off", "maxlength": 200})
        return forms.CharField(label=self.label, required=False, widget=widget)


@dataclass(frozen=True, kw_only=True)
class Choices(Option[frozenset[str]]):
    """Any of the ``known``, by their codes, each with its title."""

    known: Sequence[tuple[str, Text]] = field(default_factory=tuple)

    def read(self, stored: Any) -> frozenset[str]:
        # A choice that the program no longer has says nothing any more.
        return frozenset(stored) & {code for code, _title in self.known}

    def parse(self, typed: Any) -> list[str]:
        codes = {code for code, _title in self.known}
        if not set(typed) <= codes:
            raise Invalid("option_choice", gettext_noop("Choose from the list."), field=FIELD)
        return [code for code, _title in self.known if code in typed]

    def shown(self, value: frozenset[str]) -> str:
        titles = [str(title) for code, title in self.known if code in value]
        return ", ".join(titles) or _("None")

    def initial(self, value: frozenset[str]) -> list[str]:
        return [code for code, _title in self.known if code in value]

    def form_field(self) -> forms.Field:
        return forms.MultipleChoiceField(
            label=self.label, required=False, choices=list(self.known), widget=Ticks()
        )


@dataclass(frozen=True, kw_only=True)
class Line(Option[str]):
    """A text of one line."""

    longest: int = 200
    is_required: bool = False

    def parse(self, typed: Any) -> str:
        text = clean(str(typed))
        if self.is_required and not text:
            raise Invalid(
                "option_required", gettext_noop("Something must stand here."), field=FIELD
            )
        if len(text) > self.longest:
            message = gettext_noop("At most %(max)s characters fit here.")
            raise Invalid("too_long", message, field=FIELD, params={"max": self.longest})
        return text

    def shown(self, value: str) -> str:
        return value or "–"

    def form_field(self) -> forms.Field:
        widget = forms.TextInput({"maxlength": self.longest, "autocomplete": "off"})
        return forms.CharField(label=self.label, required=False, widget=widget)


def hour(**declared: Any) -> WholeNumber:
    """An hour of the local day, 0 to 23."""
    return WholeNumber(least=0, most=23, unit=gettext_lazy("o'clock"), **declared)


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options of one subject, as the screen shows them together."""

    label: Text
    options: Sequence[Option[Any]]
