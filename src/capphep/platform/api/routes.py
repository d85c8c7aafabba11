"""Addresses of the API: which scope each needs, what it answers, what makes it safe to repeat."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router
from ninja.decorators import decorate_view
from ninja.responses import Status

from capphep.platform.api.entry import Entry, expected_of
from capphep.platform.api.errors import answer_to
from capphep.platform.api.idempotency import answered_once, has_key
from capphep.platform.api.principal import Scope
from capphep.platform.api.problems import Problem

V = TypeVar("V", bound=Callable[..., Any])
Before: TypeAlias = Callable[..., None]

_REFUSED: Final = (400, 401, 403, 404, 405, 406, 409, 411, 413, 415, 422, 429, 503)
_IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
    "description": "The same key and request within 24 hours get the same answer, done once.",
}
_IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "description": "The ETag of the record as you saw it; 412 when it has changed since.",
}
SEEN_IF_GIVEN: Final = {**_IF_MATCH, "required": False}


class Routes(Router):
    """The addresses of one kind of record, under one heading of the documentation."""

    def __init__(self, heading: str) -> None:
        super().__init__(tags=[heading])

    def read(self, path: str, scope: Scope | None, answer: object, **more: Any) -> Callable[[V], V]:
        """GET: changes nothing. Without a scope: for any token."""
        return self._route(["GET"], path, scope, {200: answer}, (), **more)

    def create(
        self, path: str, scope: Scope, answer: object, status: int = 201, **more: Any
    ) -> Callable[[V], V]:
        """POST: carried out once for each ``Idempotency-Key``.

        ``before`` (request and names of the path) is long work that changes nothing: where a
        key makes one transaction of all the rest, it is done before that begins.
        """
        return self._route(["POST"], path, scope, {status: answer}, (_IDEMPOTENCY_KEY,), **more)

    def change(
        self, path: str, scope: Scope, answer: object, method: str = "PATCH", **more: Any
    ) -> Callable[[V], V]:
        """PATCH, PUT or DELETE: of the version that ``If-Match`` names, else 412."""
        answers = {204 if answer is None else 200: answer, 412: Problem, 428: Problem}
        return self._route([method], path, scope, answers, (_IF_MATCH,), **more)

    def remove(self, path: str, scope: Scope, **more: Any) -> Callable[[V], V]:
        """DELETE of what has no versions."""
        return self._route(["DELETE"], path, scope, {204: None}, (), **more)

    def _route(
        self,
        methods: list[str],
        path: str,
        scope: Scope | None,
        answers: Mapping[int, object],
        headers: Sequence[Mapping[str, object]],
        *,
        before: Before | None = None,
        refused: Mapping[int, object] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Callable[[V], V]:
        """``refused``: by status, problems that tell more; ``extra`` of the OpenAPI document."""
        documented: dict[str, Any] = {"x-scope": scope.value if scope else "", **(extra or {})}
        if headers:
            documented["parameters"] = [*documented.get("parameters", ()), *headers]

        def registered(view: V) -> V:
            guarded = _answering(view, min(answers))
            if "POST" in methods:
                decorate_view(_once(before))(guarded)
            decorate_view(_entered(expected_of(guarded, scope)))(guarded)
            self.api_operation(
                methods,
                path,
                operation_id=view.__name__,
                response={**dict.fromkeys(_REFUSED, Problem), **(refused or {}), **answers},
                summary=(view.__doc__ or "").split("\n")[0].rstrip("."),
                openapi_extra=documented,
            )(guarded)
            return view

        return registered


def _answering(view: V, status: int) -> V:
    @functools.wraps(view)
    def answering(request: Any, *args: Any, **kwargs: Any) -> Any:
        answer = view(request, *args, **kwargs)
        return answer if isinstance(answer, HttpResponseBase) else Status(status, answer)

    # Annotations that are texts have a meaning in the view's own module only.
    answering.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return cast(V, answering)


def _entered(entry: Entry) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Outermost: who asks and how is looked at before anything of the request is read."""

    def decorated(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(run)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                entry.check(request, kwargs)
                return run(request, *args, **kwargs)
            except Exception as found:
                return answer_to(request, found)

        return entered

    return decorated


def _once(
    before: Before | None,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    def decorated(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(run)
        def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if before and has_key(request):
                before(request, **kwargs)
            return answered_once(request, lambda: run(request, *args, **kwargs))

        return once

    return decorated
