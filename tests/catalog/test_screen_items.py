"""Items and packages, entered and changed on the screen; orders that exist stay as they were."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client

from capphep.catalog.actions.item_edits import edit_item
from capphep.catalog.actions.packages import create_package
from capphep.catalog.actions.prices import prices_take_effect
from capphep.catalog.forms.offers import ItemForm, initial_of_item
from capphep.catalog.goods import goods
from capphep.catalog.models import FormerContent, Item, ItemPrice, Package
from capphep.catalog.queries import eligibility_table, item_of
from capphep.platform import clock, versions
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.provisioning import plans
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Forbidden, Invalids
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db
ITEMS = "/catalogue/items/"
PACKAGES = "/catalogue/packages/"
TOMORROW = clock.today() + datetime.timedelta(days=1)


def sent(item: Item, **changed: Any) -> dict[str, Any]:
    """What the browser sends of the item's form, some of it changed."""
    form = ItemForm(None, package=item.package, record=item, initial=initial_of_item(item))
    values = {name: form.get_initial_for_field(f, name) for name, f in form.fields.items()}
    days = {k: f"{v:%d/%m/%Y}" for k, v in values.items() if isinstance(v, datetime.date)}
    filled = {name: value for name, value in (values | days).items() if value is not None}
    return filled | changed


def edit(client: Client, item: Item, status: int = 302, **changed: Any) -> Any:
    response = client.post(f"{ITEMS}{item.pk}/edit", sent(item_of(item.pk), **changed))
    assert response.status_code == status, response.content.decode()[-3000:]
    return response


def test_an_item_is_entered(catalogue: SmallCatalogue, admin_client: Client) -> None:
    package, users = catalogue.users_50.package, catalogue.users
    new = {
        "package": package.pk,
        "sku": " IGOV-VPS-70 ",
        "name": "VPS 70 người dùng",
        "price": "7.000.000",
        "months": "12",
        f"units_{catalogue.office.pk}_{users.pk}": "70",
        "tax_1": "KCT",
        "tax_from_1": "01/01/2026",
    }
    response = admin_client.post(f"{ITEMS}new?package={package.pk}", new)
    item = Item.objects.get(sku="IGOV-VPS-70")
    assert response["Location"] == f"{ITEMS}{item.pk}/"
    assert (item.unit_price, item.term_months, item.contents.get().units) == (7_000_000, 12, 70)
    assert [one.sku for one in goods("vps 70", [catalogue.igov.pk], [], clock.today())] == [
        "IGOV-VPS-70"
    ]
    entry = entries_of(item).get()
    assert entry.verb == "created" and entry.after["contents"] == {"office/users": 70}
    again = admin_client.post(f"{ITEMS}new?package={package.pk}", new | {"sku": "igov-vps-70"})
    assert again.status_code == 422 and "đã thuộc về" in again.content.decode()


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    item = catalogue.users_50
    units = f"units_{catalogue.office.pk}_{catalogue.users.pk}"
    today = f"{clock.today():%d/%m/%Y}"
    bad = {
        "price": "9,5",
        "months": "0",
        units: "-3",
        "tax_2": "8",
        "price_1": "6.000.000",
        "price_from_1": today,
        "name": "Tên mới",
    }
    response = edit(admin_client, item, 422, **bad)
    errors = response.context["form"].errors
    assert set(errors) == {"price", "months", units, "tax_from_2", "price_from_1"}
    assert 'value="Tên mới"' in response.content.decode()
    nothing = edit(admin_client, item, 422, **{units: "", "tax_1": "", "tax_from_1": ""})
    assert "ít nhất một" in nothing.content.decode()
    assert item_of(item.pk).version == 1


def test_a_change_of_the_catalogue_keeps_orders_and_requests_as_they_were(
    catalogue: SmallCatalogue, admin_client: Client, salesperson: User
) -> None:
    customer = factories.customer("7654321", owner=salesperson, team=salesperson.team)
    stories.opened(customer, catalogue)
    item = catalogue.users_50
    order = stories.ordered(customer, salesperson, [(item, 2)])
    units = f"units_{catalogue.office.pk}_{catalogue.users.pk}"
    books = f"units_{catalogue.accounting.pk}_{catalogue.books.pk}"
    edit(
        admin_client,
        item,
        **{"name": "Khác", "price": "1", "months": "24", units: "999", books: "5", "tax_1": "10"},
    )
    line = order.lines.get()
    assert (line.name, line.unit_price, line.tax_rate, line.edition) == (
        "VPS 50 người dùng",
        5_000_000,
        "KCT",
        1,
    )
    request = stories.drafted(order, salesperson)
    assert _asked_for(request) == [(catalogue.office.pk, catalogue.users.pk, 12, 100)]
    changed = stories.ordered(customer, salesperson, [(item_of(item.pk), 1)])
    assert changed.lines.get().edition == 2
    assert [one[2:] for one in _asked_for(LicenceRequest(order=changed))] == [(24, 5), (24, 999)]
    assert [(one.edition, one.units, one.months) for one in FormerContent.objects.all()] == [
        (1, 50, 12)
    ]


def _asked_for(request: LicenceRequest) -> list[tuple[int, int, int, int]]:
    return [
        (one.module_id, one.resource_id, one.months, one.added)
        for one in plans.contents_of(request)
    ]


def test_a_change_of_name_or_price_begins_no_edition(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    edit(admin_client, catalogue.users_50, name="Khác", price="6.000.000")
    item = item_of(catalogue.users_50.pk)
    assert (item.name, item.unit_price, item.edition, item.version) == ("Khác", 6_000_000, 1, 2)
    assert not FormerContent.objects.exists()
    edit(admin_client, item)
    assert item_of(item.pk).version == 2, "saving what is there already changes nothing"


def test_a_price_takes_effect_on_its_day_and_only_once(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    item = catalogue.users_50
    edit(admin_client, item, price_1="6.000.000", price_from_1=f"{TOMORROW:%d/%m/%Y}")
    page = admin_client.get(f"{ITEMS}{item.pk}/").content.decode()
    assert "6.000.000 đ" in page and "5.000.000 đ" in page
    assert prices_take_effect(day=clock.today()) == 0
    assert item_of(item.pk).unit_price == 5_000_000
    assert prices_take_effect(day=TOMORROW + datetime.timedelta(days=9)) == 1
    assert item_of(item.pk).unit_price == 6_000_000 and not ItemPrice.objects.exists()
    assert entries_of(item)[0].after["unit_price"] == 6_000_000
    assert prices_take_effect(day=TOMORROW) == 0


def test_an_item_stays_with_its_product(
    catalogue: SmallCatalogue, administrator: User, admin_client: Client
) -> None:
    other = catalogue.ihos_base.package
    edit(admin_client, catalogue.users_50, 422, package=other.pk)
    item = item_of(catalogue.users_50.pk)
    form = ItemForm(sent(item), package=item.package, record=item)
    assert form.is_valid()
    typed = form.typed()
    object.__setattr__(typed, "package_id", other.pk)
    with pytest.raises(Invalids) as refused:
        edit_item(actor=administrator, item_id=item.pk, seen_version=1, typed=typed)
    assert refused.value.refusals[0].code == "other_product"


def test_the_later_of_two_administrators_is_told_what_the_other_saved(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    item = item_of(catalogue.users_50.pk)
    mine = sent(item, name="Của tôi")
    edit(admin_client, item, name="Của người khác")
    response = admin_client.post(f"{ITEMS}{item.pk}/edit", mine)
    page = response.content.decode()
    assert response.status_code == 409 and "Của người khác" in page and "Của tôi" in page
    assert item_of(item.pk).name == "Của người khác"


def test_what_is_no_longer_followed_is_not_offered_and_comes_back(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    owned = [catalogue.igov.pk]

    def offered() -> set[str]:
        return {one.sku for one in goods("", owned, [], clock.today())}

    item, package = catalogue.users_50, catalogue.users_50.package
    assert "IGOV-VPS-50" in offered()
    for address in (f"{ITEMS}{item.pk}", f"{PACKAGES}{package.pk}"):
        assert "Ngừng theo dõi" in admin_client.get(f"{address}/deactivate").content.decode()
        assert "IGOV-VPS-50" in offered()
        admin_client.post(f"{address}/deactivate")
        assert "IGOV-VPS-50" not in offered()
        admin_client.post(f"{address}/reactivate")
        assert "IGOV-VPS-50" in offered()
    assert {entry.verb for entry in entries_of(item)} == {"deactivated", "reactivated"}
    Package.objects.filter(pk=package.pk).update(is_active=False)
    assert package.pk not in eligibility_table()[catalogue.igov.pk]


def test_a_package_is_entered_and_renamed_and_its_items_are_found_by_the_new_name(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    new = {"product": catalogue.igov.pk, "code": "chat", "name": "Chat", "kind": "add_on"}
    assert admin_client.post(f"{PACKAGES}new", new).status_code == 302
    again = admin_client.post(f"{PACKAGES}new", new)
    assert again.status_code == 422
    assert set(again.context["form"].errors) == {"code", "name"}
    package = catalogue.users_50.package
    renamed = {"version": 1, "name": "Phòng họp số", "kind": "add_on"}
    address = f"{PACKAGES}{package.pk}/edit"
    kind = admin_client.post(address, renamed | {"kind": "base"})
    assert kind.status_code == 422 and "kind" in kind.context["form"].errors
    assert admin_client.post(address, renamed).status_code == 302
    assert admin_client.post(address, renamed | {"name": "X"}).status_code == 409
    assert [one.sku for one in Item.objects.filter(search_key__contains="phong hop")] == [
        "IGOV-VPS-50"
    ]


@pytest.mark.parametrize("who", ["sales_client", "officer_client", "auditor_client"])
def test_others_read_and_do_not_write(
    who: str, request: pytest.FixtureRequest, catalogue: SmallCatalogue
) -> None:
    client, item = request.getfixturevalue(who), catalogue.users_50
    for address in (
        f"{ITEMS}new",
        f"{ITEMS}{item.pk}/edit",
        f"{ITEMS}{item.pk}/deactivate",
        f"{PACKAGES}new",
        f"{PACKAGES}{item.package_id}/edit",
        f"{PACKAGES}{item.package_id}/deactivate",
    ):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
    assert client.post(f"{ITEMS}{item.pk}/reactivate").status_code == 403
    page = client.get(PACKAGES)
    assert page.status_code == 200 and "/edit" not in page.content.decode()
    assert "/edit" not in client.get(f"{ITEMS}{item.pk}/").content.decode()


def test_the_action_itself_refuses_who_may_not(
    catalogue: SmallCatalogue, salesperson: User
) -> None:
    with pytest.raises(Forbidden):
        create_package(actor=salesperson, typed=None)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_save_at_once_one_is_told(administrator: User) -> None:
    factories.reference_data()
    item = item_of(SmallCatalogue().users_50.pk)
    form = ItemForm(sent(item, months="24"), package=item.package, record=item)
    assert form.is_valid()
    typed = form.typed()
    outcomes = race(
        lambda: edit_item(actor=administrator, item_id=item.pk, seen_version=1, typed=typed), 2
    )
    assert len(winners(outcomes)) == 1
    assert [type(each) for each in losers(outcomes)] == [versions.Stale]
    assert item_of(item.pk).edition == 2 and FormerContent.objects.count() == 1
