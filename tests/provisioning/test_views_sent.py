"""A round by itself: everything as it was sent, whatever was changed since."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.platform.models import User
from capphep.provisioning.actions.evidence import remove_evidence
from capphep.provisioning.models import LicenceRequest
from tests import stories
from tests.conftest import signed_in
from tests.provisioning.conftest import complete_extra, text_of, url


@pytest.fixture
def again(both: LicenceRequest, salesperson: User, officer: User) -> LicenceRequest:
    """Sent, returned, a file taken off and the note changed, sent again without that file."""
    complete_extra(both, salesperson)
    waiting = stories.sent_again(both, salesperson, note="Lần đầu")
    stories.returned(waiting, officer, "Xem lại giúp.", {"note": "Rõ hơn."})
    return stories.sent_again(waiting, salesperson, note="Lần sau")


def test_a_round_shows_what_was_sent_then(again: LicenceRequest, sales_client: Client) -> None:
    first = text_of(sales_client.get(url("round", again.pk, 1)))
    second = text_of(sales_client.get(url("round", again.pk, 2)))
    assert "Lần đầu" in first
    assert "Lần sau" in second
    assert "Lần sau" not in first
    assert "Xem lại giúp." in first
    assert "Số phòng ban" in first
    assert "Thông tư 24" in first


def test_each_round_of_the_list_leads_to_its_page(
    again: LicenceRequest, officer_client: Client
) -> None:
    page = text_of(officer_client.get(url("request", again.pk)))
    assert url("round", again.pk, 1) in page
    assert url("round", again.pk, 2) in page


def test_a_file_that_was_taken_off_since_can_still_be_read_as_it_was_sent(
    again: LicenceRequest, officer: User, officer_client: Client, salesperson: User
) -> None:
    stories.returned(again, officer)
    for evidence in again.evidence.all():
        remove_evidence(actor=salesperson, request_id=again.pk, evidence_id=evidence.pk)
    page = text_of(officer_client.get(url("round", again.pk, 1)))
    sha256 = again.rounds.all()[0].content["evidence"][0]["sha256"]
    address = url("round_file", again.pk, 1, sha256)
    assert address in page
    assert sha256 in page
    answer = officer_client.get(address)
    assert b"".join(answer.streaming_content) == stories.PDF
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_only_files_of_that_round_are_served(again: LicenceRequest, officer_client: Client) -> None:
    assert officer_client.get(url("round_file", again.pk, 1, "0" * 64)).status_code == 404
    assert officer_client.get(url("round", again.pk, 3)).status_code == 404


def test_another_team_knows_nothing_of_it(
    again: LicenceRequest, other_salesperson: User, colleague: User
) -> None:
    sha256 = again.rounds.all()[0].content["evidence"][0]["sha256"]
    for address in (url("round", again.pk, 1), url("round_file", again.pk, 1, sha256)):
        assert signed_in(other_salesperson).get(address).status_code == 404
        assert signed_in(colleague).get(address).status_code == 200
