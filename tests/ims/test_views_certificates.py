"""Certificates for download: where they are offered, and who may have them."""

from __future__ import annotations

import io

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from pypdf import PdfReader

from capphep.crm.models import Customer
from capphep.entitlements.models import Licence
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.plumbing.sql_counts import Counter


@pytest.fixture
def licence(waiting: LicenceRequest, officer: User) -> Licence:
    return stories.approved(waiting, officer).licence


def pdf_of(licence: Licence) -> str:
    return f"/ims/licences/{licence.licence_no}.pdf"


def of_order(request: LicenceRequest) -> str:
    return reverse("ims:order_certificate", args=[request.order_id])


def words(response: HttpResponse) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def test_the_subscription_lists_each_licence_with_its_state_and_its_pdf(
    licence: Licence,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
    officer: User,
    officer_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.books_1, 1)])
    later = stories.approved(stories.sent(order, salesperson), officer).licence
    text = text_of(officer_client.get(f"/ims/subscriptions/{licence.subscription_id}/"))
    newer, older = text.index(pdf_of(later)), text.index(pdf_of(licence))
    assert newer < older
    assert "Còn hiệu lực" in text[:newer] and "Đã được thay thế" in text[newer:older]


@override_settings(
    VENDOR_NAME="Sao Việt", HAS_PUBLIC_URL=True, PUBLIC_URL="https://licence.example.vn"
)
def test_the_pdf_is_a_download_with_order_request_and_public_address(
    licence: Licence, waiting: LicenceRequest, officer_client: Client
) -> None:
    response = officer_client.get(pdf_of(licence))
    assert response["Content-Type"] == "application/pdf"
    name = f"giay-phep-{licence.licence_no}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Language"] == "vi" and "private" in response["Cache-Control"]
    order = waiting.order
    assert order
    text = words(response)
    for said in (
        "Sao Việt",
        "UBND Xã Đông Hải",
        waiting.request_no,
        order.order_no,
        order.contract_no,
        "100 người",
        "50 người",
        "150 người",
        "https://licence.example.vn/gp/",
    ):
        assert said in text, said
    for never in ("Nguyễn Văn An", "an@example.vn", "0912345678", "5.000.000"):
        assert never not in text


def test_without_a_public_address_the_one_that_was_asked_is_printed(
    licence: Licence, officer_client: Client
) -> None:
    assert "http://testserver/gp/" in words(officer_client.get(pdf_of(licence)))


def test_english_is_for_who_asks_for_it(licence: Licence, officer_client: Client) -> None:
    response = officer_client.get(pdf_of(licence), {"lang": "en"})
    assert response["Content-Language"] == "en" and "licence-GP-" in response["Content-Disposition"]
    assert "CERTIFICATE OF LICENCE" in words(response)
    officer_client.cookies["django_language"] = "en"
    assert "GIẤY PHÉP SỬ DỤNG" in words(officer_client.get(pdf_of(licence), {"lang": "xx"}))


def test_the_signed_file_is_a_download_for_who_may_have_the_certificate(
    licence: Licence, officer_client: Client, salesperson: User, auditor: User
) -> None:
    address = f"/ims/licences/{licence.licence_no}.jws"
    page = officer_client.get(f"/ims/subscriptions/{licence.subscription_id}/")
    assert f'href="{address}"' in text_of(page) and "Tệp giấy phép (.jws)" in text_of(page)
    for client in (officer_client, signed_in(salesperson), signed_in(auditor)):
        response = client.get(address)
        assert response["Content-Type"] == "application/jose"
        name = f"{licence.licence_no}.jws"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response.content.decode() == licence.file
    assert Client().get(address).headers["Location"].startswith("/login")
    assert officer_client.get("/ims/licences/GP-2026-999999.jws").status_code == 404


def test_who_has_it_already_is_told_so(licence: Licence, officer_client: Client) -> None:
    first = officer_client.get(pdf_of(licence))
    again = officer_client.get(pdf_of(licence), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content and again["ETag"] == first["ETag"]
    english = officer_client.get(
        pdf_of(licence), {"lang": "en"}, headers={"If-None-Match": first["ETag"]}
    )
    assert english.status_code == 200
    assert officer_client.get(pdf_of(licence)).content == first.content


def test_all_four_actors_who_may_see_it_get_it_from_order_and_subscription(
    licence: Licence,
    waiting: LicenceRequest,
    salesperson: User,
    officer: User,
    auditor: User,
    administrator: User,
) -> None:
    for actor in (salesperson, officer, auditor, administrator):
        client = signed_in(actor)
        for address in (pdf_of(licence), of_order(waiting)):
            assert client.get(address).status_code == 200, (actor, address)


def test_another_team_finds_nothing(
    licence: Licence,
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    colleague: User,
    other_salesperson: User,
) -> None:
    customer.owner, customer.team = salesperson, salesperson.team
    customer.save()
    panel = reverse("ims:customer_licences", args=[customer.pk])
    file = reverse("ims:licence_file", args=[licence.licence_no])
    for address in (pdf_of(licence), of_order(waiting), panel, file):
        assert signed_in(other_salesperson).get(address).status_code == 404
        assert signed_in(colleague).get(address).status_code == 200
    assert Client().get(pdf_of(licence)).headers["Location"].startswith("/login")


def test_who_may_see_the_customer_and_not_the_order_is_not_told_the_order(
    licence: Licence, waiting: LicenceRequest, other_salesperson: User
) -> None:
    """The customer is in the common pool, the order another team's."""
    order = waiting.order
    assert order
    client = signed_in(other_salesperson)
    text = words(client.get(pdf_of(licence)))
    assert waiting.request_no in text
    assert order.order_no not in text and order.contract_no not in text
    assert client.get(of_order(waiting)).status_code == 404


@pytest.mark.parametrize("number", ["GP-2026-999999", "GP-2026-000001x", "x" * 300, "..", "%00"])
def test_a_number_that_is_none_is_not_found(
    licence: Licence, officer_client: Client, number: str
) -> None:
    assert officer_client.get(f"/ims/licences/{number}.pdf").status_code == 404


def test_the_order_offers_it_to_everybody_once_it_is_approved(
    waiting: LicenceRequest, officer: User, sales_client: Client, auditor_client: Client
) -> None:
    order_page = f"/crm/orders/{waiting.order_id}/"
    assert "Giấy phép (PDF)" not in text_of(sales_client.get(order_page))
    assert sales_client.get(of_order(waiting)).status_code == 404
    stories.approved(waiting, officer)
    for client in (sales_client, auditor_client):
        text = text_of(client.get(order_page))
        assert "Giấy phép (PDF)" in text and f'href="{of_order(waiting)}"' in text


def test_a_withdrawn_order_offers_none(
    licence: Licence,
    waiting: LicenceRequest,
    officer: User,
    other_officer: User,
    sales_client: Client,
) -> None:
    stories.withdrawn(waiting, officer, other_officer)
    text = text_of(sales_client.get(f"/crm/orders/{waiting.order_id}/"))
    assert "Giấy phép (PDF)" not in text


def test_the_customer_page_has_the_licences_of_all_products(
    licence: Licence,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
    officer: User,
    sales_client: Client,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.ihos_base, 1)])
    other = stories.approved(stories.sent(order, salesperson), officer).licence
    panel = reverse("ims:customer_licences", args=[customer.pk])
    assert f'hx-get="{panel}"' in text_of(sales_client.get(f"/crm/customers/{customer.pk}/"))
    fragment = text_of(sales_client.get(panel, headers=HTMX))
    assert "<html" not in fragment and "iGOV" in fragment and "iHOS" in fragment
    assert pdf_of(licence) in fragment and pdf_of(other) in fragment
    assert "<html" in text_of(sales_client.get(panel))
    nobody = factories.customer("1234599", "Trường mới")
    empty = reverse("ims:customer_licences", args=[nobody.pk])
    assert "Chưa cấp giấy phép nào." in text_of(sales_client.get(empty, headers=HTMX))


def test_it_takes_few_statements(
    licence: Licence, customer: Customer, officer_client: Client, statements: Counter
) -> None:
    with statements("ims.certificate", at_most=8):
        officer_client.get(pdf_of(licence))
    with statements("ims.customer_licences", at_most=8):
        officer_client.get(reverse("ims:customer_licences", args=[customer.pk]), headers=HTMX)


@pytest.mark.parametrize("ask", ["sales_client", "officer_client"])
def test_an_approved_order_and_its_request_lead_to_the_subscription(
    licence: Licence, waiting: LicenceRequest, ask: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(ask)
    address = reverse("ims:subscription_of_product", args=[waiting.customer_id, waiting.product_id])
    pages = [
        reverse("crm:order", args=[waiting.order_id]),
        reverse("provisioning:request", args=[waiting.pk]),
    ]
    if ask == "officer_client":
        pages.append(reverse("ims:request", args=[waiting.pk]))
    for page in pages:
        assert f'href="{address}"' in text_of(client.get(page)), page
    answer = client.get(address)
    assert answer["Location"] == reverse("ims:subscription", args=[licence.subscription_id])


def test_before_an_approval_there_is_no_subscription_to_open(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    address = reverse("ims:subscription_of_product", args=[waiting.customer_id, waiting.product_id])
    assert address not in text_of(officer_client.get(f"/ims/requests/{waiting.pk}/"))
    nothing = reverse("ims:subscription_of_product", args=[waiting.customer_id, 0])
    assert officer_client.get(nothing).status_code == 404
