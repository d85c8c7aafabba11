"""A unit that has iGOV with 100 users, an order for 50 more, and its request as a draft."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from capphep.catalog.models import Module
from capphep.crm.models import Customer, Order, Sector
from capphep.platform import clock
from capphep.platform.models import Installation, User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.extras import save_extra
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import lines_of
from tests import factories, stories
from tests.factories import SmallCatalogue

HTMX = {"HX-Request": "true"}
EVIDENCE = Path(__file__).resolve().parent.parent / "data" / "evidence"
VIETNAMESE_NAME = "Quyết định cấp nguồn – xã Đông Hải (bản đã ký).pdf"

UNIT_CODE = {
    "type": "string",
    "format": "budget-code",
    "title": "Budget code of the using unit",
    "description": "7 digits",
    "x-vi": {"title": "Mã ngân sách đơn vị sử dụng", "description": "7 chữ số"},
}
OF_ACCOUNTING = {
    "type": "object",
    "properties": {
        "using_unit": UNIT_CODE,
        "regime": {
            "type": "string",
            "enum": ["tt24", "tt107"],
            "title": "Accounting regime",
            "x-labels": {"tt24": "Circular 24", "tt107": "Circular 107"},
            "x-vi": {
                "title": "Chế độ kế toán",
                "labels": {"tt24": "Thông tư 24", "tt107": "Thông tư 107"},
            },
        },
        "start": {"type": "string", "format": "date", "title": "Start", "x-vi": {"title": "Từ"}},
    },
    "required": ["using_unit", "regime"],
}
OF_OFFICE = {
    "type": "object",
    "properties": {
        "using_unit": UNIT_CODE,
        "departments": {
            "type": "integer",
            "minimum": 1,
            "title": "Departments",
            "x-vi": {"title": "Số phòng ban"},
        },
    },
    "required": ["using_unit", "departments"],
}


def text_of(response: HttpResponse | Any) -> str:
    """The answer as one line, so that a sentence is found however the template breaks it."""
    return " ".join(response.content.decode().split())


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


def url(name: str, *args: object) -> str:
    return reverse(f"provisioning:{name}", args=args)


def set_schema(module: Module, schema: dict[str, Any]) -> None:
    module.extra_schema = schema
    module.save()


@pytest.fixture
def a_year_later(db: None, settings: Any) -> Callable[[], None]:
    """Calling it lets a year pass: every term that ran is over."""

    def pass_by() -> None:
        Installation.objects.update(is_demo=True)
        settings.CLOCK = clock.today() + datetime.timedelta(days=366)

    return pass_by


@pytest.fixture
def customer(catalogue: SmallCatalogue, salesperson: User) -> Customer:
    unit = factories.customer(
        owner=salesperson,
        team=salesperson.team,
        sector=Sector.objects.order_by("position")[0],
        address="Thôn Đông",
    )
    stories.opened(unit, catalogue)
    return unit


@pytest.fixture
def order(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> Order:
    """50 users; the modules have no additional fields."""
    return stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])


@pytest.fixture
def draft(order: Order, salesperson: User) -> LicenceRequest:
    """Opened and complete but for its evidence."""
    return open_request(actor=salesperson, order_id=order.pk)


@pytest.fixture
def ready(order: Order, salesperson: User) -> LicenceRequest:
    """A draft with evidence of both kinds: it can be sent."""
    return stories.drafted(order, salesperson)


@pytest.fixture
def both(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    """A draft for Kế toán and Văn phòng số, both with additional fields."""
    set_schema(catalogue.accounting, OF_ACCOUNTING)
    set_schema(catalogue.office, OF_OFFICE)
    lines = [(catalogue.books_1, 2), (catalogue.users_50, 1)]
    return stories.drafted(stories.ordered(customer, salesperson, lines), salesperson)


def complete_extra(record: LicenceRequest, salesperson: User) -> None:
    values = {"using_unit": "1234567", "regime": "tt24", "departments": "3"}
    for line in record.lines.all():
        save_extra(actor=salesperson, request_id=record.pk, line_id=line.pk, values=values)


def form_data(record: LicenceRequest, **changes: object) -> dict[str, Any]:
    """What the form posts, complete; ``changes`` replace or add fields."""
    data = {
        "version": record.version,
        "sector": record.sector_id or "",
        "level": "4",
        "note": "Ghi chú dòng 1\nDòng 2",
        "unit_name": "UBND Xã Đông Hải",
        "unit_tax_code": "",
        "unit_address": "Thôn Đông",
        "unit_phone": "",
        "unit_email": "",
        "admin_name": "Nguyễn Văn An",
        "admin_position": "Văn thư",
        "admin_phone": "0912 345 678",
        "admin_email": "an@example.vn",
        "write_back": "on",
    }
    return data | changes


def sums(record: LicenceRequest) -> list[tuple[str, int, int, int, int]]:
    """Module, months, base, added and total of each quantity."""
    return [
        (line.module.code, line.months, quantity.base, quantity.added, quantity.total)
        for line in lines_of(record)
        for quantity in line.quantities.all()
    ]


def post(client: Client, record: LicenceRequest, data: dict[str, Any], **headers: str) -> Any:
    """Post the form of the request."""
    return client.post(url("request_edit", record.pk), data, headers=headers)
