"""The refusals of the domain: what went wrong, under which rule, at which field.

A refusal is raised where the rule is checked and rendered in one place, the
platform's middleware (or the form that owns the field). Its message is an
English ``%``-template and the key of the translation catalogues.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def gettext_noop(message: str) -> str:
    """Mark a message for the translation catalogues without translating it here."""
    return message


class Label(str):
    """A parameter of a refusal that is itself a key of the translation catalogues."""

    __slots__ = ()


class Refusal(Exception):
    """A request that the domain refuses.

    ``code`` is stable and meant for programs, ``message`` is a template filled
    with ``params``, ``rule`` the number of the rule ("R4") where there is one,
    ``field`` the name of the input that has to change.
    """

    status = 422

    def __init__(
        self,
        code: str,
        message: str,
        *,
        rule: str = "",
        field: str = "",
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.rule = rule
        self.field = field
        self.params = dict(params or {})

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Invalid(Refusal):
    """A value that breaks a rule; the person can correct it (422)."""

    status = 422


class Forbidden(Refusal):
    """The actor may see the record and may not do this to it (403)."""

    status = 403


class NotFound(Refusal):
    """No such record, or none that this actor may know of (404)."""

    status = 404


class Conflict(Refusal):
    """The record is no longer in the state that the actor saw (409)."""

    status = 409


class Invalids(Exception):
    """Several refusals at once, so that a person sees all of them in one answer."""

    status = 422

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        super().__init__("; ".join(str(refusal) for refusal in self.refusals))
