"""What stands in the sample data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from capphep.catalog.goods import goods
from capphep.catalog.models import Item, Module, Package, Product, Resource
from capphep.catalog.schemas import fields_of, validate_schema
from capphep.crm.models import Customer, Opportunity, SalesProject
from capphep.entitlements.models import Grant
from capphep.platform import clock
from capphep.platform.models import AuditEntry, User
from capphep.shell.demo import PASSWORD, load_demo
from tests.plumbing.worlds import kept_for_many

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept_for_many(django_db_blocker):
        load_demo()
        yield


def test_everybody_signs_in_with_the_printed_password() -> None:
    for username in User.objects.values_list("username", flat=True):
        client = Client()
        assert (
            client.post("/login", {"username": username, "password": PASSWORD}).status_code == 302
        )
        assert "Dữ liệu mẫu" in client.get("/").content.decode()


def test_the_customers_are_in_the_common_pool_with_what_they_own() -> None:
    assert Customer.objects.count() > 400
    assert not Customer.objects.filter(owner__isnull=False).exists()
    assert Grant.objects.count() > 400
    owner = Customer.objects.filter(owned_products__isnull=False).first()
    assert owner and owner.owned_products.first().product.name == "iGOV"  # type: ignore[union-attr]


def test_there_is_sales_work_of_two_teams() -> None:
    assert SalesProject.objects.filter(name="Mua thêm tài nguyên iGOV 2026").exists()
    owners = Opportunity.objects.values_list("salesperson__username", flat=True)
    assert set(owners) == {"sales", "sales2"}
    assert Opportunity.objects.filter(customer__owned_products__isnull=True).exists()


def test_everything_is_in_the_audit_trail() -> None:
    assert set(AuditEntry.objects.values_list("origin", flat=True)) <= {
        "sample data",
        "import_customers",
    }
    assert AuditEntry.objects.filter(subject_type="user", verb="created").count() == 7


def test_the_sample_catalogue_has_what_the_workbook_and_the_guide_name() -> None:
    accounting = Module.objects.get(product__name="iGOV", name="Kế toán")
    office = Module.objects.get(product__name="iGOV", name="Văn phòng số")
    assert Resource.objects.filter(name__in=["Bộ sổ kế toán", "Người dùng"]).count() == 2
    packages = Package.objects.filter(product__name="iGOV", kind="add_on")
    assert set(packages.values_list("name", flat=True)) == {"Kế toán", "Văn phòng số (VPS)"}
    for module in (accounting, office):
        assert validate_schema(module.extra_schema) == []
    kinds = {field.name: field.kind for field in fields_of(accounting.extra_schema, "vi")}
    assert kinds == {
        "using_unit": "budget_code",
        "regime": "choice",
        "first_year": "number",
        "migrated_from": "text",
    }
    required = [field.name for field in fields_of(office.extra_schema, "vi") if field.required]
    assert required == ["departments", "using_unit"]


def test_an_owner_of_igov_may_buy_the_add_ons_and_one_carries_four_modules() -> None:
    product = Product.objects.get(code="igov").pk
    found = goods("igov", {product}, set(), clock.today())
    open_to_them = [one for one in found if one.refusal is None]
    assert {one.package_name for one in open_to_them} == {"Kế toán", "Văn phòng số (VPS)"}
    modules = [item.contents.values("module").distinct().count() for item in Item.objects.all()]
    assert 4 in modules
    assert all(item.note == "Giá minh họa" for item in Item.objects.all())
