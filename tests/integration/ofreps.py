"""Programs that ask by OFREP: in this process, through the handler that stands before Django."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import Error, connection

from capphep.integration import limits
from capphep.integration.ofrep.cache import Cache
from capphep.integration.ofrep.handler import Handler
from capphep.integration.ofrep.reader import STATEMENTS, Reader, Unavailable
from capphep.integration.ofrep.uses import Uses
from capphep.platform import clock
from tests import factories, stories
from tests.entitlements.conftest import Ledger
from tests.factories import SmallCatalogue

FLAGS = "/ofrep/v1/evaluate/flags"


@pytest.fixture
def ledger(transactional_db: None) -> Ledger:
    """A customer with what was opened today, seen by every connection."""
    factories.reference_data()
    limits.LIMITER.forget()
    catalogue, customer = SmallCatalogue(), factories.customer()
    stories.opened(customer, catalogue)
    return Ledger(customer, catalogue, clock.today())


class TestReader(Reader):
    """Reads inside the test's own transaction, and counts."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def rows(self, name: str, values: Sequence[str]) -> list[Sequence[Any]]:
        self.asked.append(name)
        sql = STATEMENTS[name]
        bound = {f"v{number}": value for number, value in enumerate(values, 1)}
        try:
            with connection.cursor() as cursor:
                cursor.execute(re.sub(r"\$(\d)", r"%(v\1)s", sql), bound)
                return list(cursor.fetchall())
        except Error:
            raise Unavailable from None


class NoUses(Uses):
    """Notes which tokens were used, and writes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[int] = []

    def note(self, token_id: int) -> None:
        self.tokens.append(token_id)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


class Asking:
    """A program with a token; ``reader`` counts what is read."""

    def __init__(self, text: str, handler: Handler | None = None, *, cache: bool = False) -> None:
        self.text = text
        self.handler = handler or Handler(TestReader(), Cache() if cache else None, NoUses())

    @property
    def read(self) -> list[str]:
        assert isinstance(self.handler.reader, TestReader)
        return self.handler.reader.asked

    def one(self, flag: str, customer: object = "1234567", **more: Any) -> Answer:
        return self.post(f"{FLAGS}/{flag}", {"context": {"targetingKey": customer}}, **more)

    def all(self, customer: object = "1234567", **more: Any) -> Answer:
        return self.post(FLAGS, {"context": {"targetingKey": customer}}, **more)

    def post(self, path: str, body: object, *, method: str = "POST", **headers: str) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.input": io.BytesIO(content),
            "HTTP_AUTHORIZATION": f"Bearer {self.text}",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        # Of the headers, this one has a name of its own.
        environ["CONTENT_LENGTH"] = environ.pop("HTTP_CONTENT_LENGTH", environ["CONTENT_LENGTH"])
        told: list[Any] = []
        found = self.handler(environ, lambda status, fields: told.extend([status, fields]))
        content = b"".join(found)
        fields = dict(told[1])
        assert len(fields) == len(told[1]), "a header stands there twice"
        assert fields.get("Content-Length", "0") == str(len(content))
        return Answer(int(told[0][:3]), fields, content)
