"""The catalogue as a file: what it says is what there is, and loading it again changes nothing."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from capphep.catalog import imports
from capphep.catalog.exports import catalogue_file
from capphep.catalog.models import (
    AddOnEligibility,
    Item,
    ItemContent,
    ItemPrice,
    ItemTax,
    Module,
    Package,
    Product,
    Resource,
    TrialDefault,
)
from capphep.platform import clock
from capphep.platform.roles import SYSTEM
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
DOWNLOAD = "/catalogue/download"
PARTS_FIRST = (
    TrialDefault,
    AddOnEligibility,
    ItemPrice,
    ItemContent,
    ItemTax,
    Item,
    Package,
    Module,
    Product,
    Resource,
)


def forget_all() -> None:
    for model in PARTS_FIRST:
        model._default_manager.all().delete()


@pytest.mark.parametrize("source", ["sample", "screens"])
def test_an_export_loaded_into_an_empty_installation_is_exported_the_same(source: str) -> None:
    if source == "sample":
        imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    else:
        catalogue = SmallCatalogue()
        Item.objects.filter(sku="IGOV-KT-1").update(is_active=False, note="Ngừng: “bán”, # ở đây")
        Package.objects.filter(pk=catalogue.ihos_base.package_id).update(is_active=False)
        Product.objects.filter(code="ihos").update(is_active=False, co_terminates=True)
        AddOnEligibility.objects.filter(package=catalogue.users_50.package).delete()
        day = clock.today() + datetime.timedelta(days=3)
        ItemPrice.objects.create(item=catalogue.users_50, unit_price=9, from_day=day)
    first = catalogue_file()
    forget_all()
    assert imports.load(actor=SYSTEM, content=first).updated == 0
    assert catalogue_file() == first
    again = imports.load(actor=SYSTEM, content=first)
    assert (again.created, again.updated) == (0, 0)


def test_an_export_costs_the_same_whatever_its_length(statements: Counter) -> None:
    imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    with statements("catalog.export", at_most=12):
        catalogue_file()


def test_an_administrator_downloads_it_and_nobody_else(
    catalogue: SmallCatalogue, admin_client: Client, sales_client: Client
) -> None:
    response = admin_client.get(DOWNLOAD)
    assert "attachment" in response["Content-Disposition"] and b"IGOV-VPS-50" in response.content
    assert DOWNLOAD in admin_client.get("/catalogue/items/").content.decode()
    assert sales_client.get(DOWNLOAD).status_code == 403
    assert DOWNLOAD not in sales_client.get("/catalogue/items/").content.decode()
