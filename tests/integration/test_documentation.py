"""The documentation page of the API."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/api/v1/docs"


def test_every_operation_and_record_is_there_and_every_link_leads_somewhere(
    client: Client,
) -> None:
    document = json.loads(client.get("/api/v1/openapi.json").content)
    page = client.get(PAGE).content.decode()
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["operationId"] in ids
            assert operation["x-scope"] in page
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert "record-problem" in targets and targets <= {*ids, "main"}


def test_everybody_may_read_it_in_both_languages(client: Client, sales_client: Client) -> None:
    assert client.get(PAGE).status_code == sales_client.get(PAGE).status_code == 200
    assert "Tham số" in client.get(PAGE, headers={"accept-language": "vi"}).content.decode()
    assert "Parameters" in client.get(PAGE, headers={"accept-language": "en"}).content.decode()


def test_an_operation_shows_how_it_is_called(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert "$CAPPHEP/api/v1/customers/{budget_code}" in page
    assert "Idempotency-Key" in page and "If-Match" in page
