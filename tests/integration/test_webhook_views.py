"""The screens of webhooks and of the delivery log."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from capphep.integration.actions import endpoints as actions
from capphep.integration.actions.handing import hand_over
from capphep.integration.endpoint_secrets import signing_secrets
from capphep.integration.models import Attempt, Delivery, Endpoint
from capphep.integration.states import DeliveryStatus, EndpointStatus
from capphep.platform import clock
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from tests.integration.hooks import endpoint, say
from tests.plumbing.sql_counts import Counter

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LIST, NEW, LOG = "/integration/webhooks/", "/integration/webhooks/new", "/integration/deliveries/"
URL = "https://crm.example.vn/hooks"
SECRET = re.compile(r'value="(whsec_[\w+/=]+)"')


def values(**more: Any) -> dict[str, Any]:
    return {
        "name": "CRM",
        "url": URL,
        "types": ["order.created", "entitlement.changed"],
        "body_format": "application/json",
        **more,
    }


@pytest.fixture
def hook() -> Endpoint:
    return endpoint(URL)


@pytest.fixture
def delivery(hook: Endpoint) -> Delivery:
    """Tried once in vain."""
    say("DH-2026-000001", customer="1234567")
    hand_over()
    found = Delivery.objects.get()
    now = timezone.now()
    Attempt.objects.create(
        delivery=found, number=1, at=now, url=URL, took_ms=12, status=500, response="<b>hỏng</b>"
    )
    Delivery.objects.update(attempts=1)
    return found


@pytest.mark.parametrize("who", ["sales_client", "officer_client", "auditor_client"])
def test_only_an_administrator_comes_to_the_webhooks(
    who: str, request: pytest.FixtureRequest, delivery: Delivery
) -> None:
    client: Client = request.getfixturevalue(who)
    one, log = f"{LIST}{delivery.endpoint_id}/", f"{LOG}{delivery.pk}/"
    pages = [LIST, NEW, one, LOG, log, f"{log}again"]
    pages += [f"{one}{verb}" for verb in ("edit", "secret", "pause", "resume", "range")]
    for address in pages:
        assert client.get(address).status_code == 403, address
    for address in [*pages, f"{one}test"]:
        assert client.post(address, values()).status_code in (403, 405), address
    assert f'href="{LIST}"' not in client.get("/").content.decode()
    assert Endpoint.objects.get().status == EndpointStatus.ACTIVE
    assert Delivery.objects.count() == 1


def test_the_secret_is_shown_once(admin_client: Client) -> None:
    answer = admin_client.post(NEW, values())
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    found = SECRET.search(answer.content.decode())
    assert found is not None
    made = Endpoint.objects.get()
    assert signing_secrets(made, timezone.now()) == [found[1]]
    page = admin_client.get(f"{LIST}{made.pk}/").content.decode()
    assert URL in page and "order.created" in page
    assert found[1] not in page and made.secret not in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"url": "http://crm.example.vn/"}, "url"),
        ({"url": "https://192.168.1.1/"}, "url"),
        ({"types": ["x"]}, "types"),
        ({"customer": "x"}, "customer"),
        ({"body_format": "text/html"}, "body_format"),
    ],
)
def test_what_is_wrong_comes_back_at_its_field(
    admin_client: Client, change: dict[str, Any], field: str
) -> None:
    answer = admin_client.post(NEW, values(**change))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Endpoint.objects.exists()


def test_an_endpoint_is_changed_and_the_later_of_two_is_told(
    admin_client: Client, hook: Endpoint
) -> None:
    address = f"{LIST}{hook.pk}/edit"
    assert admin_client.get(address).context["form"].initial["url"] == URL
    changed = values(url="https://other.example.vn/", version=hook.version)
    assert admin_client.post(address, changed).status_code == 302
    kept = Endpoint.objects.get()
    assert (kept.url, len(kept.types)) == ("https://other.example.vn/", 2)
    later = admin_client.post(address, values(version=hook.version, types=["order.created"]))
    assert later.status_code == 409
    differences = later.context["conflict"].differences
    assert (differences[0].theirs, differences[0].yours) == ("https://other.example.vn/", URL)
    assert differences[1].theirs == "Quyền sử dụng của khách hàng thay đổi, Đã thêm đơn hàng"
    assert later.context["form"]["version"].value() == "2"
    assert admin_client.post(address, values(version=2, url="x")).status_code == 422


def test_a_new_secret_comes_in_a_dialog(admin_client: Client, hook: Endpoint) -> None:
    address = f"{LIST}{hook.pk}/secret"
    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"overlap": "721"}).status_code == 422
    answer = admin_client.post(address, {"overlap": "24"})
    found = SECRET.search(answer.content.decode())
    assert found is not None
    secrets = signing_secrets(Endpoint.objects.get(), timezone.now())
    assert secrets[0] == found[1] and len(secrets) == 2


def test_it_is_paused_and_resumed(admin_client: Client, hook: Endpoint) -> None:
    page = f"{LIST}{hook.pk}/"
    assert admin_client.get(f"{page}pause").status_code == 200
    admin_client.post(f"{page}pause")
    assert Endpoint.objects.get().status == EndpointStatus.PAUSED
    assert admin_client.post(f"{page}pause").status_code == 409
    say("missed")
    assert admin_client.get(f"{page}resume").status_code == 200
    admin_client.post(f"{page}resume", {})
    hand_over()
    assert Endpoint.objects.get().status == EndpointStatus.ACTIVE
    assert not Delivery.objects.exists()


def test_a_test_leads_to_its_delivery(admin_client: Client, hook: Endpoint) -> None:
    address = f"{LIST}{hook.pk}/test"
    assert admin_client.get(address).status_code == 302
    answer = admin_client.post(address)
    made = Delivery.objects.get()
    assert answer["Location"] == f"{LOG}{made.pk}/"
    page = admin_client.get(answer["Location"]).content.decode()
    assert "webhook.test" in page and "every 2s" in page


def test_the_page_of_a_delivery_says_what_was_sent_and_answered(
    admin_client: Client, delivery: Delivery
) -> None:
    page = admin_client.get(f"{LOG}{delivery.pk}/").content.decode()
    assert "HTTP 500" in page
    assert "&lt;b&gt;hỏng&lt;/b&gt;" in page
    assert delivery.event is not None and delivery.event.public_id in page
    assert "DH-2026-000001" in page
    assert f"{LOG}{delivery.pk}/again" not in page
    Delivery.objects.update(status=DeliveryStatus.FAILED, next_at=None)
    page = admin_client.get(f"{LOG}{delivery.pk}/").content.decode()
    assert f"{LOG}{delivery.pk}/again" in page and "every 2s" not in page


def test_one_is_delivered_again_after_a_question(admin_client: Client, delivery: Delivery) -> None:
    address = f"{LOG}{delivery.pk}/again"
    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address).status_code == 409
    Delivery.objects.update(status=DeliveryStatus.FAILED, next_at=None)
    admin_client.post(address)
    assert Delivery.objects.get().status == DeliveryStatus.WAITING


def test_a_range_is_delivered_again(admin_client: Client, delivery: Delivery) -> None:
    Delivery.objects.update(status=DeliveryStatus.DELIVERED, next_at=None)
    address = f"{LIST}{delivery.endpoint_id}/range"
    assert admin_client.get(address).status_code == 200
    day = f"{clock.today():%d/%m/%Y}"
    for first, last in ((day, "01/01/2020"), (day, "31/12/9999"), ("01/01/0001", day)):
        refused = admin_client.post(address, {"first_day": first, "last_day": last})
        assert refused.status_code == 422
    admin_client.post(address, {"first_day": day, "last_day": day})
    assert Delivery.objects.get().status == DeliveryStatus.DELIVERED
    admin_client.post(address, {"first_day": day, "last_day": day, "everything": "on"})
    assert Delivery.objects.get().status == DeliveryStatus.WAITING


def test_the_log_is_filtered_and_searched(admin_client: Client, delivery: Delivery) -> None:
    event = delivery.event
    assert event is not None
    for query in (
        "status=waiting",
        f"endpoint={delivery.endpoint_id}",
        "type=order.changed",
        "q=DH-2026",
        "q=1234567",
        f"q={event.public_id}",
    ):
        assert len(admin_client.get(f"{LOG}?{query}").context["page"].rows) == 1, query
    for query in ("status=failed", "type=order.created", "q=DH-2027"):
        assert not admin_client.get(f"{LOG}?{query}").context["page"].rows, query


def test_what_is_not_there_is_not_found(admin_client: Client) -> None:
    for address in (f"{LIST}99/", f"{LIST}99/edit", f"{LOG}99/", f"{LOG}99/again"):
        assert admin_client.get(address).status_code == 404
    assert admin_client.post(f"{LIST}99/test").status_code == 404


def test_a_failing_endpoint_says_so(admin_client: Client, hook: Endpoint) -> None:
    Endpoint.objects.update(failing_since=timezone.now())
    page = admin_client.get(LIST).content.decode()
    assert "Đang lỗi" in page


@pytest.mark.parametrize("more", [12, 20])
def test_the_pages_cost_the_same_however_many_there_are(
    more: int, admin_client: Client, hook: Endpoint, statements: Counter, administrator: User
) -> None:
    for number in range(2 + more):
        endpoint(URL)
        say(f"{number}")
    actions.pause_endpoint(actor=SYSTEM, endpoint_id=Endpoint.objects.order_by("id")[1].pk)
    hand_over()
    with statements("integration.endpoints", at_most=8):
        admin_client.get(LIST)
    with statements("integration.endpoint", at_most=10):
        admin_client.get(f"{LIST}{hook.pk}/")
    with statements("integration.deliveries", at_most=8):
        admin_client.get(LOG)
