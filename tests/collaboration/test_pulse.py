"""What an open page asks: cheap while nothing is new, and never more than one may know."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer, Order
from capphep.platform import notices
from capphep.platform.models import User
from capphep.platform.notices import News
from tests import stories
from tests.collaboration.conftest import Say
from tests.conftest import signed_in
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
PULSE = "/talk/pulse"


def tell(user: User, key: str = "thing") -> None:
    notices.notify(recipient_id=user.pk, news=News("test", key, "Notices", "/"))


def test_it_is_empty_until_something_is_new(
    salesperson: User, sales_client: Client, statements: Counter
) -> None:
    tell(salesperson)
    first = sales_client.get(PULSE)
    assert first.json()["unread"] == 1
    with statements("collaboration.pulse", at_most=3):
        again = sales_client.get(PULSE, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    tell(salesperson, "another")
    news = sales_client.get(PULSE, headers={"If-None-Match": first["ETag"]})
    assert news.json() == {"unread": 2, "newest": notices.unread_of(salesperson)[0].pk}


def test_without_a_session_it_says_so() -> None:
    assert Client().get(PULSE, headers={"Accept": "application/json"}).status_code == 401


def test_a_record_that_changes_answers_another_state(
    order: Order, customer: Customer, sales_client: Client, salesperson: User, officer: User
) -> None:
    def state(record: str) -> str:
        found: str = sales_client.get(f"{PULSE}?on={record}").json()["state"]
        return found

    before = state(f"order/{order.pk}")
    request = stories.sent(order, salesperson)
    waiting = state(f"order/{order.pk}")
    as_sent = state(f"request/{request.pk}")
    stories.approved(request, officer)
    states = {before, waiting, state(f"order/{order.pk}")}
    assert len(states) == 3
    assert state(f"request/{request.pk}") != as_sent
    assert state(f"customer/{customer.pk}")


def test_the_page_carries_what_the_pulse_answers(
    order: Order,
    customer: Customer,
    sales_client: Client,
    salesperson: User,
    officer_client: Client,
) -> None:
    request = stories.sent(order, salesperson)
    pages = [
        (sales_client, reverse("crm:order", args=[order.pk])),
        (sales_client, reverse("crm:customer", args=[customer.pk])),
        (sales_client, reverse("provisioning:request", args=[request.pk])),
        (officer_client, reverse("ims:request", args=[request.pk])),
    ]
    for client, url in pages:
        found = re.search(
            r'data-live="(.*?)" data-live-state="(.*?)"', client.get(url).content.decode()
        )
        assert found, url
        assert client.get(f"{PULSE}?on={found[1]}").json()["state"] == found[2]


def test_what_is_said_changes_the_state_of_the_talk(
    order: Order, sales_client: Client, salesperson: User, say: Say, statements: Counter
) -> None:
    url = f"{PULSE}?on=order/{order.pk}"
    before = sales_client.get(url).json()["talk"]
    say(salesperson, "Chào.")
    with statements("collaboration.pulse_on_record", at_most=5):
        after = sales_client.get(url).json()["talk"]
    assert before != after
    panel = sales_client.get(reverse("collaboration:panel", args=["order", order.pk]))
    assert f'data-talk-state="{after}"' in panel.content.decode()


@pytest.mark.parametrize("record", ["", "order", "order/x", "order/²", "x/1", f"order/{'9' * 40}"])
def test_a_made_up_record_is_no_error(record: str, sales_client: Client) -> None:
    assert "state" not in sales_client.get(PULSE, {"on": record}).json()


def test_a_record_of_another_team_says_nothing(
    order: Order, other_salesperson: User, salesperson: User, say: Say
) -> None:
    say(salesperson, "Chào.")
    answer = signed_in(other_salesperson).get(f"{PULSE}?on=order/{order.pk}").json()
    assert (answer["state"], answer["talk"]) == ("", "")


def test_the_bell_shows_unread_ones_first_and_then_the_last_read(
    salesperson: User, sales_client: Client
) -> None:
    for n in range(3):
        tell(salesperson, f"thing/{n}")
    first, *_rest = salesperson.notices.order_by("id")
    notices.mark_read(actor=salesperson, notice_id=first.pk)
    page = sales_client.get(
        reverse("shell:notice_panel") + "?bell=1", headers={"HX-Request": "true"}
    )
    text = page.content.decode()
    assert text.count("data-reads=") == 2 and text.count('class="is-read"') == 1
