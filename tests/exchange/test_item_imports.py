"""Goods out of a sheet: entered and edited by the actions of the catalogue, and withdrawn again."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from capphep.catalog.models import Item
from capphep.crm.imports.items import SHEET
from capphep.exchange import actions
from capphep.exchange.models import Import
from capphep.platform.models import User
from capphep.pure.errors import Conflict, NotFound
from tests import factories, stories
from tests.exchange.sheets import entered, returned, units, uploaded, work
from tests.factories import SmallCatalogue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def reference(transactional_db: None, catalogue: SmallCatalogue) -> None:
    factories.reference_data()


def row(sku: str = "VPS-100", **other: Any) -> dict[str, Any]:
    own = {"sku": sku, "name": "VPS 100", "package": "Văn phòng số", "price": 9_000_000.0}
    days = {"months": 12, "tax": "KCT", "tax_from": datetime.date(2026, 1, 1)}
    return own | days | {"contents": "Văn phòng số/Người dùng: 100"} | other


def sheet(*rows: dict[str, Any]) -> bytes:
    return units(*rows, columns=SHEET.columns)


def imported(user: User, *rows: dict[str, Any], updates: bool = False) -> Import:
    if not updates:
        return entered(user, sheet(*rows), "items")
    one = uploaded(user, sheet(*rows), "items")
    actions.choose_columns(actor=user, import_id=one.pk, chosen=one.columns, updates=True)
    actions.begin(actor=user, import_id=one.pk)
    work()
    one.refresh_from_db()
    return one


def test_good_rows_enter_and_bad_ones_come_back_with_reasons(administrator: User) -> None:
    bad = [
        row("A-1", price="x", months=0),
        row("A-2", package="Không có"),
        row("A-3", contents="100 người"),
        row("A-4", tax="7"),
        row("VPS-100", name="Khác"),
    ]
    one = uploaded(administrator, sheet(row(), *bad), "items")
    actions.check(actor=administrator, import_id=one.pk)
    work()
    assert not Item.objects.filter(sku="VPS-100").exists()
    actions.begin(actor=administrator, import_id=one.pk)
    work()
    one.refresh_from_db()
    assert one.checked == one.counts
    assert (one.counts["created"], one.counts["rejected"]) == (1, 5)
    reasons = [cells[-1] for cells in returned(one)[1:]]
    starts = ["Đơn giá: ", "Gói: ", "Cung cấp: ", "Thuế suất: ", "Mã hàng hóa: "]
    assert all(text.startswith(start) for text, start in zip(reasons, starts, strict=True))
    item = Item.objects.get(sku="VPS-100")
    assert (item.unit_price, item.term_months) == (9_000_000, 12)
    assert [each.units for each in item.contents.all()] == [100]


def test_known_goods_stay_or_are_edited_as_asked(administrator: User) -> None:
    imported(administrator, row())
    assert imported(administrator, row(price=1)).counts["unchanged"] == 1
    assert imported(administrator, row(), updates=True).counts["unchanged"] == 1
    sparse = {"sku": "vps-100", "price": 8_000_000}
    assert imported(administrator, sparse, updates=True).counts["updated"] == 1
    item = Item.objects.get(sku="VPS-100")
    assert (item.unit_price, item.name, item.contents.count()) == (8_000_000, "VPS 100", 1)


def test_undone_goods_are_no_longer_followed_unless_ordered(
    administrator: User, salesperson: User
) -> None:
    one = imported(administrator, row(), row("VPS-200"))
    customer = factories.customer()
    order = stories.ordered(customer, salesperson, [(Item.objects.get(sku="VPS-100"), 1)])
    with pytest.raises(Conflict) as refused:
        actions.undo(actor=administrator, import_id=one.pk)
    assert refused.value.code == "in_use"
    order.delete()
    actions.undo(actor=administrator, import_id=one.pk)
    work()
    assert not Item.objects.filter(sku__startswith="VPS-", is_active=True).exists()


def test_only_who_writes_the_catalogue_imports_goods(salesperson: User) -> None:
    with pytest.raises(NotFound):
        uploaded(salesperson, sheet(row()), "items")
