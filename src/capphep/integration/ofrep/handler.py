"""OFREP 0.3 as a WSGI application that stands before Django in the same process."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from capphep.entitlements import check_rules
from capphep.integration import limits
from capphep.integration.ofrep import asked, clock, rights, streams
from capphep.integration.ofrep.asked import Refused, Reply
from capphep.integration.ofrep.cache import Cache, Kept, Question, age_header
from capphep.integration.ofrep.reader import Reader, Token, Unavailable
from capphep.integration.ofrep.streams import Streams
from capphep.integration.ofrep.uses import Uses
from capphep.integration.token_rules import hash_of, presented

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., object]

PREFIX: Final = "/ofrep/"
ALL_FLAGS: Final = "/ofrep/v1/evaluate/flags"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Asks:
    """Who asks, and what every answer to it tells, a refusal too."""

    if_none_match: str
    told: list[tuple[str, str]] = field(default_factory=list)


class Handler:
    """Answers everything under ``/ofrep/``. ``cache`` is None where every answer is read."""

    def __init__(
        self, reader: Reader | None = None, cache: Cache | None = None, uses: Uses | None = None
    ) -> None:
        self.reader = reader or Reader()
        self.catalogue = rights.Catalogue(self.reader)
        self.streams = Streams(self.reader, self.catalogue)
        self._cache = cache
        self._uses = uses or Uses()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        key = path[len(ALL_FLAGS) + 1 :] if path.startswith(ALL_FLAGS + "/") else None
        asks = Asks(environ.get("HTTP_IF_NONE_MATCH", ""))
        try:
            reply = self._reply(environ, path, key, asks)
        except Refused as refused:
            reply = refused.reply(key)
        except Unavailable:
            reply = unavailable().reply(key)
        except Exception:
            _log.exception("A check failed")
            reply = Refused(500, "GENERAL", "This check failed; the failure is logged.").reply(key)
        headers = [*reply.headers, *asks.told]
        if reply.status == 200 and asked.matches(asks.if_none_match, reply.etag):
            reply = Reply(304, b"")
        if reply.status != 304:
            headers.append(("Content-Type", "application/json"))
            headers.append(("Content-Length", str(len(reply.body))))
        start_response(asked.STATUS[reply.status], headers)
        return [reply.body]

    def _reply(self, environ: Environ, path: str, key: str | None, asks: Asks) -> Reply:
        if path == streams.PATH:
            return self.streams.opened(environ)
        if key is None and path != ALL_FLAGS:
            raise Refused(404, "GENERAL", "There is nothing at this address.")
        if environ["REQUEST_METHOD"] != "POST":
            raise Refused(405, "GENERAL", "Flags are evaluated by POST.", Allow="POST")
        text = presented(environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_X_API_KEY", ""))
        if text is None:
            raise not_let_in()
        sha256 = hash_of(text)
        try:
            if key is not None and asked.flag_of(key) is None:
                raise asked.unknown_flag()
            budget_code = asked.targeting_key(environ)
        except Refused:
            # Who may not ask is not told what is wrong with the question.
            self._admit(self.reader.check(sha256, "", "")[0], asks)
            raise
        return self._answer((sha256, key or "", budget_code), asks)

    def _answer(self, question: Question, asks: Asks) -> Reply:
        kept = self._cache and self._cache.get(question)
        if kept:
            self._admit(kept.token, asks)
        else:
            read_at = time.monotonic()
            kept = Kept(*(self._one if question[1] else self._all)(question, asks), read_at)
            if self._cache:
                self._cache.put(question, kept)
        if self._cache:
            asks.told.append(age_header(kept.age))
        return kept.reply

    def _one(self, question: Question, asks: Asks) -> tuple[Token, Reply]:
        sha256, key, budget_code = question
        product, flag = asked.flag_of(key) or ("", "")
        token, held = self.reader.check(sha256, budget_code, product)
        admitted = self._admit(token, asks)
        customer_id = held[0].customer_id if held else self.reader.known_customer(budget_code)
        rights.require_within(admitted, customer_id)
        steps = check_rules.steps_in(held[0].document, flag) if held else None
        product_id = held[0].product_id if steps else self.catalogue.owner(product, flag)
        if product_id is None or admitted.product_id not in (None, product_id):
            raise asked.unknown_flag()
        version = held[0].version if held else 0
        told = rights.evaluation(product, flag, clock.today(), steps, version)
        return admitted, Reply(200, asked.encoded(told))

    def _all(self, question: Question, asks: Asks) -> tuple[Token, Reply]:
        sha256, _, budget_code = question
        token, held = self.reader.bulk(sha256, budget_code)
        admitted = self._admit(token, asks)
        holdings = rights.holdings(self.reader, self.catalogue, admitted, budget_code, held)
        etag = holdings.etag(clock.today())
        headers = (("ETag", etag), ("Cache-Control", "private, no-cache"))
        if self._cache is None and asked.matches(asks.if_none_match, etag):
            return admitted, Reply(304, b"", headers)
        body = {
            "flags": holdings.evaluations(clock.today()),
            "eventStreams": [streams.offer(holdings, etag)],
        }
        return admitted, Reply(200, asked.encoded(body), headers)

    def _admit(self, token: Token | None, asks: Asks) -> Token:
        """The token, if it runs, may ask, and may ask now. Raises Refused."""
        if token is None:
            raise not_let_in()
        allowance = limits.LIMITER.take(token.id, token.per_minute)
        asks.told += limits.headers(allowance, token.per_minute).items()
        if not allowance.is_allowed:
            raise Refused(429, "GENERAL", f"Too many requests: again in {allowance.wait} seconds.")
        if not token.may_ask:
            details = (
                "This token may not ask: it needs the scope entitlements:read"
                " and a user who may see every customer."
            )
            raise Refused(403, "GENERAL", details)
        self._uses.note(token.id)
        return token


def not_let_in() -> Refused:
    details = "Present a running token: Authorization: Bearer … or X-API-Key."
    return Refused(401, "GENERAL", details, WWW_Authenticate="Bearer")


def unavailable() -> Refused:
    details = "The database does not answer: nothing is known. Ask again soon."
    return Refused(503, "GENERAL", details, Retry_After="2")
