"""Every address of the module, asked by every role: 200, a way on, 403 or 404, never 500."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern

from capphep.crm.models import Order
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from capphep.provisioning.urls import urlpatterns
from tests import stories
from tests.conftest import signed_in
from tests.provisioning.conftest import HTMX, url

EVERYBODY = [
    "salesperson",
    "colleague",
    "other_salesperson",
    "officer",
    "auditor",
    "administrator",
]
NAMES = [str(each.name) for each in urlpatterns]
FOR_ALL = {"request_list"}
# There are none before it was sent.
OF_ROUNDS = {"round", "round_file"}
# What its own salesperson alone may open; a colleague may look at the request itself.
READ = {"request", "order_panel", "evidence", "evidence_text", *OF_ROUNDS}
POST_ONLY = {
    "open_request",
    "open_trial",
    "open_info_change",
    "lines_refresh",
    "lines_spread",
    "evidence_add",
    "evidence_remove",
}


def arguments(pattern: URLPattern, record: LicenceRequest) -> list[object]:
    one = record.evidence.order_by("id")[0]
    known = {
        "request_id": record.pk,
        "order_id": record.order_id,
        "customer_id": record.customer_id,
        "product_id": record.product_id,
        "line_id": record.lines.get().pk,
        "evidence_id": one.pk,
        "kind": one.kind,
        "number": 1,
        "sha256": one.file_id,
    }
    return [known[name] for name in pattern.pattern.converters]


def answers(client: Client, pattern: URLPattern, record: LicenceRequest) -> set[int]:
    address = url(str(pattern.name), *arguments(pattern, record))
    return {
        ask(address, headers=headers).status_code
        for ask in (client.get, client.post)
        for headers in ({}, HTMX)
    }


def facts(record: LicenceRequest) -> tuple[object, ...]:
    record.refresh_from_db()
    return record.status, record.version, record.evidence.count()


@pytest.fixture
def waiting(order: Order, salesperson: User) -> LicenceRequest:
    return stories.sent(order, salesperson)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("pattern", urlpatterns, ids=NAMES)
def test_no_address_breaks_for_a_draft(
    ready: LicenceRequest, pattern: URLPattern, who: str, request: pytest.FixtureRequest
) -> None:
    before = facts(ready)
    found = answers(signed_in(request.getfixturevalue(who)), pattern, ready)
    assert found <= {200, 204, 302, 403, 404, 409, 422}
    if who != "salesperson":
        assert facts(ready) == before


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("pattern", urlpatterns, ids=NAMES)
def test_no_address_breaks_for_a_request_that_waits(
    waiting: LicenceRequest, pattern: URLPattern, who: str, request: pytest.FixtureRequest
) -> None:
    before = facts(waiting)
    found = answers(signed_in(request.getfixturevalue(who)), pattern, waiting)
    assert found <= {200, 204, 302, 403, 404, 409, 422}
    if who != "salesperson" or pattern.name != "request_recall":
        assert facts(waiting) == before


@pytest.mark.parametrize("pattern", urlpatterns, ids=NAMES)
def test_another_team_does_not_know_of_it(
    ready: LicenceRequest, other_salesperson: User, pattern: URLPattern
) -> None:
    if pattern.name in FOR_ALL:
        return
    found = answers(signed_in(other_salesperson), pattern, ready)
    # An address that only writes sends a GET to the page, which then is not found.
    assert found == ({302, 404} if pattern.name in POST_ONLY else {404})


@pytest.mark.parametrize("pattern", urlpatterns, ids=NAMES)
def test_a_colleague_reads_and_changes_nothing(
    ready: LicenceRequest, colleague: User, pattern: URLPattern
) -> None:
    found = answers(signed_in(colleague), pattern, ready)
    if pattern.name in OF_ROUNDS:
        assert found == {404}
    elif pattern.name in FOR_ALL | READ:
        assert found == {200}
    elif pattern.name == "open_request":
        assert found <= {200, 302}
    else:
        assert found == ({302, 403} if pattern.name in POST_ONLY else {403})


@pytest.mark.parametrize("who", ["officer", "auditor", "administrator"])
@pytest.mark.parametrize("pattern", urlpatterns, ids=NAMES)
def test_the_desk_reads_what_was_sent_and_changes_nothing(
    waiting: LicenceRequest, who: str, pattern: URLPattern, request: pytest.FixtureRequest
) -> None:
    found = answers(signed_in(request.getfixturevalue(who)), pattern, waiting)
    if pattern.name in FOR_ALL | READ:
        assert found == {200}
    else:
        assert found == ({302, 403} if pattern.name in POST_ONLY else {403})


@pytest.mark.parametrize("pattern", urlpatterns, ids=NAMES)
def test_whoever_is_not_signed_in_is_asked_to(
    ready: LicenceRequest, client: Client, pattern: URLPattern
) -> None:
    assert answers(client, pattern, ready) == {302, 401}
    assert facts(ready)[0] == RequestStatus.DRAFT
