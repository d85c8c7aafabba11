"""POST requests that may be sent again: the same key gets the same answer, done once.

After draft-ietf-httpapi-idempotency-key-header. The key, what the request did and its answer
are one transaction: a crash at any line leaves all of them or none.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from capphep.platform.api import problems
from capphep.platform.api.principal import Principal
from capphep.platform.models import IdempotentAnswer
from capphep.pure.errors import gettext_noop

KEPT_FOR: Final = datetime.timedelta(hours=24)
_KEY: Final = re.compile(r"[!-~]{1,100}")
# Who may ask can change, and what failed may go well the next time.
_NOT_KEPT: Final = frozenset({401, 403, 429})
_HEADERS: Final = ("Content-Type", "ETag", "Location")


def answered_once(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of ``run``, or the one that was given before to the same key and request.

    Without a key, or a token, it simply runs. The same key with another request is refused
    (422 ``idempotency_key_reused``); while the first is being answered, others wait for it.
    """
    principal: Principal | None = getattr(request, "principal", None)
    if not has_key(request) or principal is None:
        return run()
    key = request.headers["Idempotency-Key"]
    if not _KEY.fullmatch(key):
        message = gettext_noop("An Idempotency-Key is 1 to 100 visible ASCII characters.")
        return problems.simple(400, "idempotency_key_invalid", message)
    mine = IdempotentAnswer(token_id=principal.token_id, key=key)
    mine.fingerprint = _fingerprint(request)
    former = _of_former(principal, key)
    return _again(former, mine.fingerprint) if former else _once(mine, run)


def has_key(request: HttpRequest) -> bool:
    return "Idempotency-Key" in request.headers


def _of_former(principal: Principal, key: str) -> IdempotentAnswer | None:
    """What was answered to the token that this one replaces: a program may change its token
    between a request and its repetition."""
    if principal.former_id is None:
        return None
    rows = IdempotentAnswer.objects.filter(token_id=principal.former_id, key=key)
    return rows.filter(at__gte=timezone.now() - KEPT_FOR).first()


def _once(mine: IdempotentAnswer, run: Callable[[], HttpResponse]) -> HttpResponse:
    with transaction.atomic():
        known = _known(mine)
        if known is not None:
            return _again(known, mine.fingerprint)
        # What a refusal had begun to write must go, while the refusal itself is kept.
        with transaction.atomic():
            response = run()
            is_refused = response.status_code >= 400
            if is_refused:
                transaction.set_rollback(True)
        if response.status_code >= 500 or response.status_code in _NOT_KEPT:
            transaction.set_rollback(True)
        else:
            _keep(mine, response)
    return response


def _known(mine: IdempotentAnswer) -> IdempotentAnswer | None:
    """The answer that another request has given, or None with the key taken for this one."""
    rows = IdempotentAnswer.objects.filter(token_id=mine.token_id, key=mine.key)
    rows.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    # Whoever inserts the same key waits here until the first one's transaction ends.
    IdempotentAnswer.objects.bulk_create([mine], ignore_conflicts=True)
    found = rows.get()
    return found if found.status else None


def _again(known: IdempotentAnswer, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        message = gettext_noop("This Idempotency-Key was used for another request.")
        return problems.simple(422, "idempotency_key_reused", message)
    headers = {**known.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(known.body, status=known.status, headers=headers)


def _keep(mine: IdempotentAnswer, response: HttpResponse) -> None:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    IdempotentAnswer.objects.filter(token_id=mine.token_id, key=mine.key).update(
        status=response.status_code, headers=headers, body=response.content.decode()
    )


def _fingerprint(request: HttpRequest) -> str:
    """What makes two requests the same: method, address and content, files included."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _parts(request):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    if request.content_type != "multipart/form-data":
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        yield from (text.encode() for text in (name, *values))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield from (f"{name}/{file.name}".encode(), *file.chunks())
            file.seek(0)


def forget_old_answers() -> int:
    """Remove answers older than a day; returns how many."""
    return IdempotentAnswer.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
