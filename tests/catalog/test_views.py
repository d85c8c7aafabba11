"""The screens of the catalogue: for everybody to read, for administrators to load."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from capphep.catalog.models import Item, Product
from capphep.platform.models import AuditEntry, User
from tests.catalog.files import TEXT, load
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
EVERYBODY = ("sales_client", "officer_client", "auditor_client", "admin_client")
NOT_ADMINISTRATORS = EVERYBODY[:3]
LIST = "/catalogue/items/"
PRODUCTS = "/catalogue/products/"
LOAD = "/catalogue/load"


def client_of(request: pytest.FixtureRequest, name: str) -> Client:
    client: Client = request.getfixturevalue(name)
    return client


def loaded(client: Client, text: str) -> Any:
    """Looked at, and applied; the answer to the latter."""
    preview = client.post(LOAD, {"text": text}).context["preview"]
    return client.post(LOAD, {"text": text, "confirmed": preview.fingerprint}, follow=True)


def posted(client: Client, text: str) -> str:
    """The page that refuses the text."""
    response = client.post(LOAD, {"text": text})
    assert response.status_code == 422
    return response.content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_the_goods_and_one_of_them(
    who: str, request: pytest.FixtureRequest, catalogue: SmallCatalogue
) -> None:
    client = client_of(request, who)
    page = client.get(LIST).content.decode()
    assert "IGOV-VPS-50" in page and "5.000.000 đ" in page
    item = client.get(reverse("catalog:item", args=[catalogue.users_50.pk]))
    assert item.status_code == 200 and "50" in item.content.decode()


@pytest.mark.parametrize("who", NOT_ADMINISTRATORS)
@pytest.mark.parametrize("address", [LOAD, "/catalogue/sample"])
def test_only_an_administrator_comes_to_load_a_file(
    who: str, address: str, request: pytest.FixtureRequest
) -> None:
    client = client_of(request, who)
    assert client.get(address).status_code == 403
    assert client.post(address, {"text": TEXT}).status_code == 403
    assert LOAD not in client.get(LIST).content.decode()
    assert not Product.objects.exists()


def test_nobody_sees_the_catalogue_without_signing_in(client: Client) -> None:
    for address in (LIST, f"{LIST}1/", PRODUCTS, f"{PRODUCTS}1/", LOAD, "/catalogue/sample"):
        assert client.get(address)["Location"].startswith("/login")


@pytest.mark.parametrize("key", ["999999", "9" * 30])
def test_an_item_that_is_not_there_is_a_404(key: str, sales_client: Client) -> None:
    assert sales_client.get(f"/catalogue/items/{key}/").status_code == 404


def test_goods_are_searched_and_filtered(catalogue: SmallCatalogue, sales_client: Client) -> None:
    Item.objects.filter(sku="IGOV-KT-1").update(is_active=False)
    cases = {
        "q=van phong so": {"IGOV-VPS-50"},
        "sold=0": {"IGOV-KT-1"},
        "sold=1": {"IGOV-BASE", "IGOV-VPS-50", "IHOS-BASE"},
        f"product={catalogue.ihos.pk}": {"IHOS-BASE"},
        "sold=1&sold=0": {"IGOV-BASE", "IGOV-VPS-50", "IHOS-BASE", "IGOV-KT-1"},
        "product=x&sold=7&sort=nonsense&after=forged": {
            "IGOV-BASE",
            "IGOV-VPS-50",
            "IHOS-BASE",
            "IGOV-KT-1",
        },
    }
    for query, skus in cases.items():
        page = sales_client.get(f"{LIST}?{query}").context["page"]
        assert {row.record.sku for row in page.rows} == skus, query


@pytest.mark.parametrize("more", [60, 120])
def test_the_list_costs_the_same_however_long(
    more: int, catalogue: SmallCatalogue, sales_client: Client, statements: Counter
) -> None:
    package = catalogue.users_50.package
    Item.objects.bulk_create(
        Item(package=package, sku=f"X-{n}", name="X", search_key="x", unit_price=n, term_months=1)
        for n in range(more)
    )
    with statements("catalog.items.list", at_most=11):
        sales_client.get(LIST)


def test_an_item_says_who_may_buy_it_and_what_changed(
    administrator: User, admin_client: Client
) -> None:
    load()
    loaded(admin_client, TEXT.replace("5.000.000", "6.000.000"))
    add_on, base = (Item.objects.get(sku=sku) for sku in ("IGOV-VPS-50", "IGOV-BASE"))
    page = admin_client.get(reverse("catalog:item", args=[add_on.pk])).content.decode()
    assert "Khách hàng đang có thuê bao iGOV còn hiệu lực" in page
    assert "6.000.000 đ" in page and "Giá minh họa" in page and administrator.full_name in page
    page = admin_client.get(reverse("catalog:item", args=[base.pk])).content.decode()
    assert "Khách hàng chưa có thuê bao iGOV còn hiệu lực" in page
    assert "01/01/2030" in page and "8%" in page


# --- products ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_what_a_trial_grants_and_when_additions_end(
    who: str, request: pytest.FixtureRequest, catalogue: SmallCatalogue
) -> None:
    Product.objects.filter(pk=catalogue.ihos.pk).update(co_terminates=True)
    client = client_of(request, who)
    page = client.get(PRODUCTS).content.decode()
    assert "1 tháng" in page and "Không áp dụng" in page
    assert "Thời hạn riêng" in page and "Đồng hạn" in page
    igov = client.get(f"{PRODUCTS}{catalogue.igov.pk}/").content.decode()
    assert "Dùng thử được cấp" in igov and ">100</td>" in igov and "Bộ sổ kế toán" in igov
    assert "Kế toán, Văn phòng số" in igov and "làm tròn lên" not in igov
    ihos = client.get(f"{PRODUCTS}{catalogue.ihos.pk}/").content.decode()
    assert "Dùng thử được cấp" not in ihos and "làm tròn lên" in ihos


def test_a_product_shows_what_changed_in_its_trial(
    administrator: User, admin_client: Client
) -> None:
    load()
    loaded(admin_client, TEXT.replace("units: 100}", "units: 30}"))
    product = Product.objects.get()
    page = admin_client.get(f"{PRODUCTS}{product.pk}/").content.decode()
    assert administrator.full_name in page and "Tài nguyên dùng thử" in page
    assert "office/users: 100" in page and "office/users: 30" in page and "2 tháng" in page


def test_a_product_off_the_market_is_not_offered_for_trial(
    catalogue: SmallCatalogue, sales_client: Client
) -> None:
    Product.objects.filter(pk=catalogue.igov.pk).update(is_active=False)
    page = sales_client.get(f"{PRODUCTS}{catalogue.igov.pk}/").content.decode()
    assert "1 tháng" not in page and "Không áp dụng" in page


@pytest.mark.parametrize("key", ["999999", "9" * 30])
def test_a_product_that_is_not_there_is_a_404(key: str, sales_client: Client) -> None:
    assert sales_client.get(f"{PRODUCTS}{key}/").status_code == 404


def test_the_screens_of_products_cost_a_fixed_number_of_statements(
    catalogue: SmallCatalogue, sales_client: Client, statements: Counter
) -> None:
    with statements("catalog.products.list", at_most=6):
        sales_client.get(PRODUCTS)
    with statements("catalog.products.product", at_most=8):
        sales_client.get(f"{PRODUCTS}{catalogue.igov.pk}/")


def test_a_file_is_loaded(admin_client: Client, administrator: User) -> None:
    file = SimpleUploadedFile("danh mục.yaml", TEXT.encode())
    seen = admin_client.post(LOAD, {"file": file, "text": ""})
    assert seen.context["form"]["text"].value() == TEXT
    response = loaded(admin_client, TEXT)
    assert "10 thêm mới, 0 cập nhật, 0 không đổi" in response.content.decode()
    assert Item.objects.count() == 2
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {administrator.pk}


def test_mistakes_are_listed_by_line_and_the_text_is_not_lost(admin_client: Client) -> None:
    text = TEXT.replace("price: 12000000", "price: 9.5").replace("unit: người", "unt: người")
    file = SimpleUploadedFile("catalogue.yaml", text.encode())
    response = admin_client.post(LOAD, {"file": file, "text": "other"})
    assert response.status_code == 422
    found = [(each.line, each.rule, each.quoted) for each in response.context["mistakes"]]
    assert found == [
        (2, "", "- {code: users, name: Người dùng, unt: người}"),
        (2, "", "- {code: users, name: Người dùng, unt: người}"),
        (27, "R10", "price: 9.5"),
    ]
    page = response.content.decode()
    assert "Chưa có gì thay đổi: tệp có 3 lỗi." in page
    assert "Thiếu “unit” ở đây." in page
    assert response.context["form"]["text"].value() == text
    assert not Product.objects.exists()


def test_the_corrected_text_is_loaded_as_a_browser_sends_it(admin_client: Client) -> None:
    loaded(admin_client, TEXT.replace("\n", "\r\n"))
    assert Item.objects.count() == 2


@pytest.mark.parametrize("text", ["", "   \n"])
def test_nothing_to_load_is_said_at_the_field(text: str, admin_client: Client) -> None:
    assert "Chọn tệp hoặc nhập nội dung danh mục." in posted(admin_client, text)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"\x00", b"x" * (1024 * 1024 + 5), b"a: [", b"- " * 5000]
)
def test_what_is_no_catalogue_is_refused_and_never_an_error(
    content: bytes, admin_client: Client
) -> None:
    file = SimpleUploadedFile("catalogue.yaml", content)
    response = admin_client.post(LOAD, {"file": file})
    assert response.status_code == 422
    assert response.context["mistakes"]


def test_what_was_typed_when_the_session_ended_comes_back(admin_client: Client) -> None:
    admin_client.get(LIST)
    del admin_client.cookies["sessionid"]
    response = admin_client.post(LOAD, {"text": "resources: half done"})
    signed_in = admin_client.post(
        response["Location"], {"username": "admin", "password": "capphep-demo"}
    )
    page = admin_client.get(signed_in["Location"]).content.decode()
    assert "resources: half done" in page


def test_the_sample_file_is_downloaded_and_loads(admin_client: Client) -> None:
    response = admin_client.get("/catalogue/sample")
    assert "attachment" in response["Content-Disposition"]
    content = b"".join(response)  # type: ignore[arg-type]
    assert loaded(admin_client, content.decode()).status_code == 200
    assert Product.objects.exists()


@pytest.mark.parametrize("value", ["!!bool x", "!!bool 1", "9" * 5000, "!!int x", "!!null x"])
@pytest.mark.parametrize("key", ["title", "type", "required", "maxLength"])
def test_a_value_whose_tag_claims_something_else_is_a_mistake_and_no_crash(
    value: str, key: str, admin_client: Client
) -> None:
    module = f"{{code: o, name: o, extra_schema: {{{key}: {value}}}}}"
    text = f"resources: []\nproducts:\n  - code: a\n    name: a\n    modules:\n      - {module}\n"
    posted(admin_client, text)
    posted(admin_client, text.replace("    name: a\n", f"    name: a\n    active: {value}\n"))
