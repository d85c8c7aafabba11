"""Loading a file on screen: what it would do is told first, and only what was told is done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from capphep.catalog.models import AddOnEligibility, Item, Package, Resource
from capphep.platform.models import AuditEntry
from tests.catalog.files import TEXT, load

pytestmark = pytest.mark.django_db
LOAD = "/catalogue/load"
DEARER = TEXT.replace("5.000.000", "6.000.000")


def shown(client: Client, text: str, confirmed: str = "") -> Any:
    """The preview that the page shows."""
    answer = client.post(LOAD, {"text": text, "confirmed": confirmed})
    assert answer.status_code == 200
    return answer.context["preview"]


def test_a_file_is_not_loaded_before_somebody_has_seen_what_it_would_do(
    admin_client: Client,
) -> None:
    preview = shown(admin_client, TEXT)
    assert not Item.objects.exists() and not AuditEntry.objects.exists()
    assert len(preview.created) == 10 and not preview.changed and not preview.retired
    answer = admin_client.post(LOAD, {"text": TEXT, "confirmed": preview.fingerprint})
    assert answer.status_code == 302 and Item.objects.count() == 2


def test_it_is_told_what_is_new_what_becomes_of_each_field_and_what_is_no_longer_sold(
    admin_client: Client,
) -> None:
    load()
    text = DEARER.replace("IGOV-BASE", "IGOV-NEW").replace("name: Người dùng", "name: Tài khoản")
    preview = shown(admin_client, text.replace("units: 100", "units: 30"))
    assert [each.name for each in preview.created] == ["IGOV-NEW – iGOV cơ bản"]
    assert [each.name for each in preview.retired] == ["IGOV-BASE – iGOV cơ bản"]
    changes = {each.name: list(each.changes) for each in preview.changed}
    assert changes == {
        "Tài khoản": [("Tài nguyên", "Người dùng", "Tài khoản")],
        "iGOV": [("Tài nguyên dùng thử", "office/users: 100", "office/users: 30")],
        "IGOV-VPS-50 – VPS 50 người dùng": [("Đơn giá", "5.000.000", "6.000.000")],
    }
    assert preview.unchanged == 6
    assert Resource.objects.filter(name="Người dùng").exists()
    assert Item.objects.get(sku="IGOV-BASE").is_active


def test_a_field_of_a_module_is_told_by_its_code(admin_client: Client) -> None:
    load()
    preview = shown(admin_client, TEXT.replace("unit:\n", "room:\n").replace("[unit]", "[room]"))
    assert [list(each.changes) for each in preview.changed] == [
        [("Thông tin bổ sung", "unit", "room")]
    ]
    # The moment that a schema remembers is another each time; what it does is the same.
    again = shown(admin_client, TEXT.replace("unit:\n", "room:\n").replace("[unit]", "[room]"))
    assert again.fingerprint == preview.fingerprint


def test_what_owners_may_no_longer_add_is_told(admin_client: Client) -> None:
    load()
    closed = TEXT.replace("kind: add_on\n", "kind: add_on\n        renewal_only: yes\n")
    closed = closed.replace("add_ons: [office]", "add_ons: []")
    preview = shown(admin_client, closed)
    assert [each.name for each in preview.retired] == ["iGOV → Văn phòng số (VPS)"]
    admin_client.post(LOAD, {"text": closed, "confirmed": preview.fingerprint})
    assert not AddOnEligibility.objects.exists() and Package.objects.count() == 2
    assert AuditEntry.objects.filter(verb="deactivated").exists()


def test_what_changed_meanwhile_is_shown_again_and_not_overwritten(admin_client: Client) -> None:
    load()
    seen = shown(admin_client, DEARER).fingerprint
    Item.objects.filter(sku="IGOV-VPS-50").update(unit_price=5_500_000)
    answer = admin_client.post(LOAD, {"text": DEARER, "confirmed": seen})
    assert answer.status_code == 409
    assert "5.500.000" in answer.content.decode() and "Đã khác" in answer.content.decode()
    assert Item.objects.get(sku="IGOV-VPS-50").unit_price == 5_500_000
    fresh = answer.context["preview"].fingerprint
    assert admin_client.post(LOAD, {"text": DEARER, "confirmed": fresh}).status_code == 302
    assert Item.objects.get(sku="IGOV-VPS-50").unit_price == 6_000_000


def test_a_file_that_says_what_is_there_has_nothing_to_confirm(admin_client: Client) -> None:
    load()
    page = admin_client.post(LOAD, {"text": TEXT})
    assert not page.context["preview"].does_something
    assert 'name="confirmed"' not in page.content.decode()
