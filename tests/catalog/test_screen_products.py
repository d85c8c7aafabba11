"""Products, modules, resources, and who may buy what, changed on the screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from capphep.catalog.actions.eligibility import set_add_ons
from capphep.catalog.actions.parts import PartInput, create_resource
from capphep.catalog.goods import goods
from capphep.catalog.models import AddOnEligibility, Item, Module, Product, Resource, TrialDefault
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.pure.errors import Forbidden, Invalids
from tests import factories
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db
PRODUCTS = "/catalogue/products/"
MODULES = "/catalogue/modules/"
RESOURCES = "/catalogue/resources/"
ELIGIBILITY = "/catalogue/eligibility"


def test_a_product_is_entered_with_modules_and_then_offered_for_trial(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    new = {"code": "edu", "name": "iEDU", "co_terminates": "on"}
    assert admin_client.post(f"{PRODUCTS}new", new).status_code == 302
    product = Product.objects.get(code="edu")
    assert product.co_terminates and product.trial_months is None
    again = admin_client.post(f"{PRODUCTS}new", new)
    assert again.status_code == 422 and set(again.context["form"].errors) == {"code", "name"}
    for code, name in (("a", "Điểm"), ("b", "Thi")):
        address = f"{PRODUCTS}{product.pk}/modules/new"
        response = admin_client.post(address, {"code": code, "name": name})
        assert response.status_code in (204, 302)
    marks, exams = product.modules.order_by("position")
    form = {"version": 1, "name": "iEDU 2", "trial_months": "2"}
    address = f"{PRODUCTS}{product.pk}/edit"
    empty = admin_client.post(address, form)
    assert empty.status_code == 422 and "trial_months" in empty.context["form"].errors
    units = f"units_{marks.pk}_{catalogue.users.pk}"
    wrong = admin_client.post(address, form | {units: "0"})
    assert wrong.status_code == 422 and units in wrong.context["form"].errors
    assert admin_client.post(address, form | {units: "1.000"}).status_code == 302
    assert TrialDefault.objects.get(module=marks).quantity == 1000
    assert entries_of(product)[0].after["trial"] == {"a/users": 1000}
    stale = admin_client.post(address, form | {units: "5"})
    assert stale.status_code == 409 and "1.000" in stale.content.decode()
    admin_client.post(f"{MODULES}{exams.pk}/up")
    assert list(product.modules.order_by("position")) == [exams, marks]
    page = admin_client.get(f"{PRODUCTS}{product.pk}/").content.decode()
    assert page.index("Thi") < page.index("Điểm")


def test_a_renamed_product_is_found_by_its_new_name(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    product = catalogue.ihos
    form = {"version": 1, "name": "Bệnh viện số"}
    assert admin_client.post(f"{PRODUCTS}{product.pk}/edit", form).status_code == 302
    assert Item.objects.get(search_key__contains="benh vien so") == catalogue.ihos_base


def test_a_product_off_the_market_sells_nothing_and_comes_back(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    def sold() -> set[str]:
        return {one.sku for one in goods("", [], [], clock.today())}

    address = f"{PRODUCTS}{catalogue.ihos.pk}"
    admin_client.post(f"{address}/deactivate")
    assert "IHOS-BASE" not in sold()
    admin_client.post(f"{address}/reactivate")
    assert "IHOS-BASE" in sold()


def test_modules_and_resources_are_renamed_with_unique_names(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    module, resource = catalogue.office, catalogue.users
    taken = admin_client.post(f"{MODULES}{module.pk}/edit", {"version": 1, "name": "kế toán"})
    assert taken.status_code == 422 and "name" in taken.context["form"].errors
    renamed = {"version": 1, "name": "Văn phòng điện tử"}
    assert admin_client.post(f"{MODULES}{module.pk}/edit", renamed).status_code in (204, 302)
    assert admin_client.post(f"{MODULES}{module.pk}/edit", renamed).status_code == 409
    assert Module.objects.get(pk=module.pk).name == "Văn phòng điện tử"
    new = {"code": "GB", "name": "Dung lượng", "unit": ""}
    wrong = admin_client.post(f"{RESOURCES}new", new)
    assert set(wrong.context["form"].errors) == {"unit"}
    wrong = admin_client.post(f"{RESOURCES}new", new | {"unit": "GB"})
    assert set(wrong.context["form"].errors) == {"code", "name"}
    edit = {"version": 1, "name": "Người sử dụng", "unit": "người"}
    assert admin_client.post(f"{RESOURCES}{resource.pk}/edit", edit).status_code in (204, 302)
    assert Resource.objects.get(pk=resource.pk).name == "Người sử dụng"
    assert "Người sử dụng" in admin_client.get(RESOURCES).content.decode()
    page = admin_client.get(f"/catalogue/items/?resource={resource.pk}").context["page"]
    assert {row.record.sku for row in page.rows} == {"IGOV-BASE", "IGOV-VPS-50"}


def ticked(catalogue: SmallCatalogue, *packages: int) -> dict[str, Any]:
    products = Product.objects.in_bulk()
    return {"allow": packages} | {f"v{pk}": one.version for pk, one in products.items()}


def test_what_is_ticked_may_be_added_and_nothing_else(
    catalogue: SmallCatalogue, admin_client: Client
) -> None:
    office, books = catalogue.users_50.package, catalogue.books_1.package
    seen = ticked(catalogue, office.pk)
    assert admin_client.post(ELIGIBILITY, seen).status_code == 302
    offered = {one.sku: one.refusal for one in goods("", [catalogue.igov.pk], [], clock.today())}
    assert offered["IGOV-VPS-50"] is None
    refusal = offered["IGOV-KT-1"]
    assert refusal and refusal.rule == "R8"
    assert entries_of(catalogue.igov)[0].before == {"add_ons": "Kế toán, Văn phòng số"}
    assert Product.objects.get(pk=catalogue.igov.pk).version == 2
    assert Product.objects.get(pk=catalogue.ihos.pk).version == 1
    stale = admin_client.post(ELIGIBILITY, seen | {"allow": [books.pk]})
    assert stale.status_code == 409 and "đang lưu: được mua thêm" in stale.content.decode()
    assert AddOnEligibility.objects.get().package == office
    base = ticked(catalogue, office.pk, catalogue.base.package_id)
    admin_client.post(ELIGIBILITY, base)
    assert AddOnEligibility.objects.get().package == office, "a base package is no addition"


@pytest.mark.parametrize("who", ["sales_client", "officer_client", "auditor_client"])
def test_others_read_and_do_not_write(
    who: str, request: pytest.FixtureRequest, catalogue: SmallCatalogue
) -> None:
    client = request.getfixturevalue(who)
    module, resource, product = catalogue.office.pk, catalogue.users.pk, catalogue.igov.pk
    for address in (
        f"{PRODUCTS}new",
        f"{PRODUCTS}{product}/edit",
        f"{PRODUCTS}{product}/deactivate",
        f"{PRODUCTS}{product}/modules/new",
        f"{MODULES}{module}/edit",
        f"{RESOURCES}new",
        f"{RESOURCES}{resource}/edit",
    ):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
    for address in (f"{PRODUCTS}{product}/reactivate", f"{MODULES}{module}/up", ELIGIBILITY):
        assert client.post(address, ticked(catalogue)).status_code == 403
    assert client.get(RESOURCES).status_code == 200
    page = client.get(ELIGIBILITY)
    assert page.status_code == 200 and "data-save" not in page.content.decode()
    assert AddOnEligibility.objects.count() == 2


def test_the_action_itself_refuses_who_may_not(salesperson: User) -> None:
    with pytest.raises(Forbidden):
        set_add_ons(actor=salesperson, versions={}, allowed={})


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_code_at_once_one_is_refused(administrator: User) -> None:
    factories.reference_data()
    typed = PartInput("calls", "Cuộc gọi", "cuộc")
    outcomes = race(lambda: create_resource(actor=administrator, typed=typed), 2)
    assert len(winners(outcomes)) == 1
    assert [type(each) for each in losers(outcomes)] == [Invalids]
