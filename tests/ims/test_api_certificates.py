"""Certificates over the API: for the same eyes as on the screens, within the token's bounds."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from capphep.crm.models import Customer
from capphep.entitlements.models import Licence
from capphep.platform.api import Scope
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.integration.apis import product_program, program
from tests.integration.test_api_basics import assert_problem


@pytest.fixture
def licence(waiting: LicenceRequest, officer: User) -> Licence:
    return stories.approved(waiting, officer).licence


def path_of(licence: Licence) -> str:
    return f"/licences/{licence.licence_no}/certificate.pdf"


def test_it_is_the_one_that_the_screens_offer(licence: Licence, officer: User) -> None:
    desk = program(officer, Scope.LICENCES_READ)
    answer = desk.get(path_of(licence))
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    screen = signed_in(officer).get(f"/ims/licences/{licence.licence_no}.pdf")
    assert answer.content == screen.content and answer["ETag"] == screen["ETag"]
    again = desk.get(path_of(licence), if_none_match=answer["ETag"])
    assert again.status_code == 304 and not again.content


def test_the_language_is_asked_for_in_the_address(licence: Licence) -> None:
    igov = product_program(Scope.LICENCES_READ)
    text = PdfReader(io.BytesIO(igov.get(f"{path_of(licence)}?lang=en").content)).pages[0]
    assert "CERTIFICATE OF LICENCE" in text.extract_text()
    assert_problem(igov.get(f"{path_of(licence)}?lang=fr"), 422, "invalid_literal_error")


def test_whom_it_does_not_concern_finds_nothing(
    licence: Licence,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
    other_salesperson: User,
    officer: User,
) -> None:
    customer.owner, customer.team = salesperson, salesperson.team
    customer.save()
    path, scope = path_of(licence), Scope.LICENCES_READ
    stranger = factories.customer("1234599", "Trường khác")
    assert_problem(program(other_salesperson, scope).get(path), 404, "licence_not_found")
    for bounds in ({"product": catalogue.ihos}, {"customer": stranger}):
        assert_problem(program(officer, scope, **bounds).get(path), 404, "licence_not_found")
    assert program(officer, scope, product=catalogue.igov, customer=customer).get(path).content
    assert_problem(program(officer, Scope.ORDERS_READ).get(path), 403, "scope_missing")
    assert_problem(
        program(officer, scope).get("/licences/GP-1/certificate.pdf"), 404, "licence_not_found"
    )
