"""Which addresses an endpoint may have, and when failures are tried again."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.integration import retry_rules as retries
from capphep.integration.endpoint_rules import check_url
from capphep.pure.errors import Invalid

pytestmark = pytest.mark.once
NOW = datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.vn/hooks",
        "https://crm.example.vn:8443/hooks?tenant=7",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/hooks",
        "https://CRM.Example.VN",
    ],
)
def test_addresses_of_the_internet(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "crm.example.vn",
        "ftp://crm.example.vn/",
        "file:///etc/passwd",
        "gopher://crm.example.vn/",
        "http://crm.example.vn/",
        "https://crm.example.vn:22/",
        "https://crm.example.vn:0/",
        "https://crm.example.vn:99999/",
        "https://crm.example.vn:x/",
        "https://user@crm.example.vn/",
        "https://user:secret@crm.example.vn/",
        "https://@crm.example.vn/",
        "https://crm.example.vn/#part",
        "https://crm.example.vn/\r\nHost: other",
        "https://crm.example.vn/a b",
        "https://crm.example.vn\\@127.0.0.1/",
        "https://đơn.vn/",
        "https:///hooks",
        "https://?",
        "https://localhost/",
        "https://db/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://017700000001/",
        "https://10.0.0.7/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://" + "a" * 500,
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_url(url)
    assert (refused.value.code, refused.value.field) == ("url_invalid", "url")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9000/", "http://crm.local/", "https://CRM.local:99/", "http://[::1]:8/"],
)
def test_hosts_that_are_allowed_by_name(url: str) -> None:
    assert check_url(url, ["127.0.0.1", "crm.local", "[::1]"]) == url


def test_an_allowed_host_allows_no_other() -> None:
    for url in ("http://crm.local.example.vn/", "http://x.crm.local/", "ftp://crm.local/"):
        with pytest.raises(Invalid):
            check_url(url, ["crm.local"])


@given(st.text(max_size=40))
def test_whatever_is_typed_is_accepted_or_refused(text: str) -> None:
    for url in (text, f"https://{text}"):
        try:
            assert check_url(url) == url
        except Invalid as refused:
            assert refused.code == "url_invalid"


def test_tries_go_on_for_about_a_day() -> None:
    assert retries.MOMENTS[0] == 0
    assert retries.MOMENTS[-1] == 24 * 60 * 60
    assert list(retries.MOMENTS) == sorted(set(retries.MOMENTS))


@pytest.mark.parametrize(("failures", "seconds"), [(1, 5), (2, 10), (6, 160), (7, 300), (99, 300)])
def test_a_rest_grows_to_five_minutes(failures: int, seconds: int) -> None:
    assert retries.rest(failures, 0) == datetime.timedelta(seconds=seconds)
    assert retries.rest(failures, 1) == datetime.timedelta(seconds=seconds * 1.1)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Wed, 25 Nov 2026 12:01:00 GMT", 60),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0),
        ("Wed, 25 Nov 2026 12:01:00 -0000", 60),
        ("99999999999", 86400),
        ("Mon, 01 Jan 2035 00:00:00 GMT", 86400),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("²", 0),
        ("2037-02-07T12:00:00Z", 0),
        ("Wed, 25 Nov 99999999999 12:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(header: str, seconds: int) -> None:
    assert retries.asked_for(header, NOW) == datetime.timedelta(seconds=seconds)


def test_only_a_2xx_is_a_success() -> None:
    statuses = (None, 199, 200, 204, 299, 301, 302, 404, 410, 500)
    assert [one for one in statuses if retries.is_success(one)] == [200, 204, 299]


def test_an_endpoint_is_given_up_after_a_day_of_failures() -> None:
    day = datetime.timedelta(days=1)
    assert not retries.is_given_up(None, NOW)
    assert not retries.is_given_up(NOW - day + datetime.timedelta(seconds=1), NOW)
    assert retries.is_given_up(NOW - day, NOW)
