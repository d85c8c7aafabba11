"""Every error of the API as a problem, in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from capphep.platform.api.etags import stale
from capphep.platform.api.problems import from_validation, problem, simple, unavailable
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids, Refusal, gettext_noop

_log: Final = logging.getLogger(__name__)


def answer_errors(api: NinjaAPI) -> None:
    """Let the API answer what its functions raise; what nobody expected is logged."""
    for kind, answer in _ANSWERS.items():
        api.add_exception_handler(kind, answer)


def answer_to(request: HttpRequest, found: Exception) -> HttpResponse:
    """The problem that an exception is answered with."""
    kind = next(kind for kind in type(found).__mro__ if kind in _ANSWERS)
    return _ANSWERS[kind](request, found)


def as_problem(response: HttpResponse) -> HttpResponse:
    """The same answer; a problem where the address does not have the method."""
    if not isinstance(response, HttpResponseNotAllowed):
        return response
    message = gettext_noop("This address does not have this method.")
    return simple(405, "method_not_allowed", message, {"Allow": response.headers["Allow"]})


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(refusal.status, [refusal])


def _invalid(request: HttpRequest, found: Invalids) -> HttpResponse:
    return problem(found.status, found.refusals)


def _stale(request: HttpRequest, _found: Stale) -> HttpResponse:
    refusal = stale()
    return problem(refusal.status, [refusal])


def _not_valid(request: HttpRequest, found: ValidationError) -> HttpResponse:
    return problem(422, from_validation(found.errors))


def _unknown(request: HttpRequest, _found: AuthenticationError) -> HttpResponse:
    message = gettext_noop("A valid token is needed: Authorization: Bearer …")
    return simple(401, "token_invalid", message, {"WWW-Authenticate": "Bearer"})


def _http(request: HttpRequest, found: HttpError) -> HttpResponse:
    if isinstance(found.__cause__, Refusal):
        return _refused(request, found.__cause__)
    return _unreadable(request, found)


def _unreadable(request: HttpRequest, _found: Exception) -> HttpResponse:
    return simple(400, "bad_request", gettext_noop("The request cannot be read."))


def _missing(request: HttpRequest, _found: Http404) -> HttpResponse:
    return not_found(request)


def _too_big(request: HttpRequest, _found: RequestDataTooBig) -> HttpResponse:
    return simple(413, "too_large", gettext_noop("The request is too large."))


def _outage(request: HttpRequest, found: OperationalError) -> HttpResponse:
    _log.error("The database does not answer: %s", found)
    return unavailable()


def _failed(request: HttpRequest, found: Exception) -> HttpResponse:
    _log.exception("The API failed", exc_info=found)
    return simple(500, "failed", gettext_noop("Something went wrong here; nothing was changed."))


def not_found(request: HttpRequest, path: str = "") -> HttpResponse:
    """An address that the API does not have."""
    return simple(404, "not_found", gettext_noop("There is no such address."))


_ANSWERS: Final[Mapping[type[Exception], Callable[..., HttpResponse]]] = {
    Refusal: _refused,
    Invalids: _invalid,
    Stale: _stale,
    ValidationError: _not_valid,
    AuthenticationError: _unknown,
    HttpError: _http,
    Http404: _missing,
    RequestDataTooBig: _too_big,
    SuspiciousOperation: _unreadable,
    MultiPartParserError: _unreadable,
    UnreadablePostError: _unreadable,
    OperationalError: _outage,
    Exception: _failed,
}
