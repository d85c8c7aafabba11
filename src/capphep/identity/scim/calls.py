"""The questions that the product asks an identity provider; every other answer is an error.

What comes back is not trusted: the bounds of `transport`, the types of SCIM, and whether a
user that was found is the one that was asked for. What the other side says goes into no
message and no log: it may hold the token, or data of other people.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import httpx2
from django.utils import timezone
from scim2_client import RequestNetworkException, SCIMClientException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    ListResponse,
    PatchOp,
    SCIMException,
    ScimPolicy,
    ScimProvider,
    SearchRequest,
    User,
)

from capphep.identity.models import DeliveryError
from capphep.identity.scim.transport import Bounded, TooMuch

# For all questions about one account, well within the worker's lease.
SECONDS_IN_ALL: Final = 60.0
_MOST_FOUND: Final = 10
_LONGEST_ID: Final = 250
_LONGEST_WAIT: Final = 6 * 60 * 60
_log = logging.getLogger(__name__)
AnyUser: TypeAlias = "User[Any]"


class ProviderError(Exception):
    """``status`` is that of the answer, ``wait`` the seconds for which it asks."""

    def __init__(
        self, error: DeliveryError, status: int | None = None, wait: int | None = None
    ) -> None:
        super().__init__(error.value)
        self.error, self.status, self.wait = error, status, wait


class Calls:
    """A connection to the provider, to be closed. Every method raises ProviderError."""

    def __init__(self, address: str, token: str, transport: httpx2.BaseTransport | None = None):
        self._http = httpx2.Client(
            base_url=address.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            transport=transport or Bounded(),
            trust_env=False,
        )
        provider = ScimProvider(
            models=(User,), policy=ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
        )
        self._scim = SyncSCIMClient(self._http, provider=provider)
        self._until = time.monotonic() + SECONDS_IN_ALL

    def close(self) -> None:
        self._http.close()

    def user(self, user_id: str) -> AnyUser | None:
        """The user with this id at the provider, None where it is gone."""
        try:
            with self._asking():
                user = _user(self._scim.query(User, user_id))
                if user.id != user_id:
                    raise ProviderError(DeliveryError.NOT_UNDERSTOOD)
                return user
        except ProviderError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def users(self, attribute: str, *values: str) -> list[AnyUser]:
        """Those whose attribute is one of the values, as the provider says.

        Nobody where it cannot be asked for this attribute: every provider has to look for a
        user name, for the others not all do.
        """
        wanted = " or ".join(f"{attribute} eq {json.dumps(value)}" for value in values)
        try:
            with self._asking():
                question: Any = SearchRequest.model_validate(
                    {"filter": wanted, "count": _MOST_FOUND}
                )
                answer = self._scim.query(User, query_parameters=question)
                if not isinstance(answer, ListResponse):
                    raise ProviderError(DeliveryError.NOT_UNDERSTOOD)
                return [_user(each) for each in answer.resources or []]
        except ProviderError as error:
            if error.status == HTTPStatus.BAD_REQUEST and attribute != "userName":
                return []
            raise

    def create(self, user: AnyUser) -> AnyUser | None:
        """The user that was made; None where the provider has one that is like it (409)."""
        try:
            with self._asking():
                return _user(self._scim.create(user))
        except ProviderError as error:
            if error.status == HTTPStatus.CONFLICT:
                return None
            raise

    def set_active(self, user_id: str, active: bool) -> bool:
        """False where there is no such user any more."""
        operation = {"op": "replace", "path": "active", "value": active}
        try:
            with self._asking():
                change: Any = PatchOp[User[Any]].model_validate({"Operations": [operation]})
                self._scim.modify(User, user_id, change)
        except ProviderError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Whatever goes wrong becomes a ProviderError: the other side can break in many ways."""
        if time.monotonic() > self._until:
            # Another worker may hold the account by now.
            raise ProviderError(DeliveryError.TIMEOUT)
        try:
            yield
        except ProviderError:
            raise
        except RequestNetworkException as error:
            raise _of_network(error.__cause__) from error
        except (SCIMException, SCIMClientException) as error:
            raise _of_answer(error) from error
        except Exception as error:
            _log.warning("An answer of the identity provider broke on %s", type(error).__name__)
            raise ProviderError(DeliveryError.NOT_UNDERSTOOD) from error


def _user(answer: Any) -> AnyUser:
    """Raises ProviderError where it is none, or has no id that can be kept."""
    if isinstance(answer, User) and answer.id and _is_kept(answer.id):
        return answer
    raise ProviderError(DeliveryError.NOT_UNDERSTOOD)


def _is_kept(user_id: str) -> bool:
    """No database keeps half a character; PostgreSQL keeps no NUL either."""
    return len(user_id) <= _LONGEST_ID and user_id.isprintable()


def _of_network(cause: BaseException | None) -> ProviderError:
    if isinstance(cause, TooMuch):
        return ProviderError(DeliveryError.NOT_UNDERSTOOD)
    if isinstance(cause, httpx2.TimeoutException):
        return ProviderError(DeliveryError.TIMEOUT)
    return ProviderError(DeliveryError.UNREACHABLE)


def _of_answer(error: SCIMException | SCIMClientException) -> ProviderError:
    """By the status of HTTP alone: what the answer says of itself may be anything."""
    answer = getattr(error, "source", None)
    if not isinstance(answer, httpx2.Response) or answer.is_success:
        return ProviderError(DeliveryError.NOT_UNDERSTOOD)
    status = answer.status_code
    wait = _wait(answer.headers.get("Retry-After", ""))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return ProviderError(DeliveryError.TOKEN, status)
    is_busy = status == HTTPStatus.TOO_MANY_REQUESTS
    if is_busy or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None):
        return ProviderError(DeliveryError.BUSY, status, wait)
    if answer.is_redirect:
        return ProviderError(DeliveryError.REDIRECT, status)
    kind = DeliveryError.BROKEN if answer.is_server_error else DeliveryError.REFUSED
    return ProviderError(kind, status)


def _wait(retry_after: str) -> int | None:
    """Seconds, from seconds or a date, a quarter of a day at most."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(int(text), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
        seconds = int((until - timezone.now()).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0), _LONGEST_WAIT)
