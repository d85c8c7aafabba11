"""What is asked of every request before it is read: its token's scope, its form."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_origin

from django.http import HttpRequest
from ninja import Schema
from ninja.params import models as sources

from capphep.platform.api.parsing import is_readable
from capphep.platform.api.principal import Principal, Scope
from capphep.platform.file_options import most_bytes
from capphep.pure.errors import Invalid, NotFound, Refusal, gettext_noop

_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"
# What else a form says beside its file.
_FORM_BYTES: Final = 1024 * 1024


class _WrongType(Refusal):
    status = 415


class _TooLarge(Refusal):
    status = 413


class _LengthRequired(Refusal):
    status = 411


@dataclass(frozen=True, slots=True)
class Entry:
    """What an address expects: a scope (None: any token), members of its query and of its form,
    a media type."""

    scope: Scope | None
    query: frozenset[str]
    form: frozenset[str]
    media_type: str

    def check(self, request: HttpRequest, path: Mapping[str, object]) -> None:
        """Raises Forbidden ``scope_missing``, NotFound, Refusal ``media_type``, ``too_large``,
        ``length_required``; Invalid ``unknown_parameter``, ``unknown_member``,
        ``text_unreadable``."""
        principal: Principal | None = getattr(request, "principal", None)
        if principal is None:
            return  # Answered with 401.
        if self.scope is not None:
            principal.require(self.scope)
        if not all(is_readable(str(value)) for value in path.values()):
            raise NotFound("not_found", gettext_noop("There is no such address."))
        self._check_query(request)
        self._check_body(request)

    def _check_query(self, request: HttpRequest) -> None:
        for name, values in request.GET.lists():
            if name not in self.query:
                # A filter that is misspelt would answer with everything.
                message = gettext_noop("There is no parameter of this name.")
                raise Invalid("unknown_parameter", message, field=name)
            if not all(map(is_readable, values)):
                message = gettext_noop("This text holds a character that cannot be kept.")
                raise Invalid("text_unreadable", message, field=name)

    def _check_body(self, request: HttpRequest) -> None:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if not length and "Transfer-Encoding" in request.headers:
            # Nothing would be read of it, and the sender would hear that everything is missing.
            message = gettext_noop("A body comes with its Content-Length, not in chunks.")
            raise _LengthRequired("length_required", message)
        if not (self.media_type and length):
            return
        if request.content_type != self.media_type:
            message = gettext_noop("This address reads %(media_type)s.")
            raise _WrongType("media_type", message, params={"media_type": self.media_type})
        if self.media_type == _MULTIPART:
            if length > most_bytes() + _FORM_BYTES:
                raise _TooLarge("too_large", gettext_noop("The request is too large."))
            self._check_form(request)

    def _check_form(self, request: HttpRequest) -> None:
        for name in (*request.POST, *request.FILES):
            if name not in self.form:
                message = gettext_noop("There is no member of this name.")
                raise Invalid("unknown_member", message, field=name)


def expected_of(view: Callable[..., Any], scope: Scope | None) -> Entry:
    """What the view's own parameters say."""
    query: set[str] = set()
    form: set[str] = set()
    media_type = ""
    for parameter in inspect.signature(view).parameters.values():
        source, schema = _source_of(parameter.annotation)
        if isinstance(source, sources.Query) and issubclass(schema, Schema):
            query |= schema.model_fields.keys()
        elif isinstance(source, sources.Form):
            form |= schema.model_fields.keys()
            media_type = _MULTIPART
        elif isinstance(source, sources.File):
            form.add(parameter.name)
            media_type = _MULTIPART
        elif source is None and isinstance(schema, type) and issubclass(schema, Schema):
            media_type = _JSON
    return Entry(scope, frozenset(query), frozenset(form), media_type)


def _source_of(annotation: Any) -> tuple[Any, Any]:
    """Where ninja takes the parameter from, and its type; None where the annotation is a type."""
    if get_origin(annotation) is Annotated:
        kind, *notes = get_args(annotation)
        return next((one for one in notes if isinstance(one, sources.Param)), None), kind
    return None, annotation
