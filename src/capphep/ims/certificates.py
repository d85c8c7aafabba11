"""*Giấy phép sử dụng* on paper: what a licence's certificate says, in the language asked for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from capphep.crm.models import Order
from capphep.entitlements import public_codes
from capphep.entitlements.models import Licence, LicenceCause
from capphep.entitlements.queries import CertifiedLine
from capphep.platform.qr import qr_svg
from capphep.platform.typeset import Paper
from capphep.pure.money import format_number

TEMPLATE: Final = Path(__file__).parent / "typst" / "certificate.typ"


@dataclass(frozen=True, slots=True)
class Certified:
    """A licence with what its certificate says.

    ``order`` is the order behind it and ``earlier`` the licence that it replaced, where there
    are any; ``public_base`` the beginning of the public address, up to the code.
    """

    licence: Licence
    lines: Sequence[CertifiedLine]
    order: Order | None
    earlier: Licence | None
    public_base: str

    @property
    def address(self) -> str:
        return self.public_base + self.licence.public_code

    @property
    def issued_on(self) -> datetime.date:
        return timezone.localdate(self.licence.issued_at)


def certificate(certified: Certified, language: str) -> Paper:
    """The paper that always says the same of the same licence, dated by its issue."""
    with translation.override(language):
        values = _values(certified, language)
    return Paper(TEMPLATE, values, certified.licence.issued_at)


def file_name(licence: Licence, language: str) -> str:
    """In ASCII, which every program keeps as it is."""
    word = "giay-phep" if language == "vi" else "licence"
    return f"{word}-{licence.licence_no}.pdf"


def signed_file_name(licence: Licence) -> str:
    return f"{licence.licence_no}.jws"


def _values(certified: Certified, language: str) -> dict[str, Any]:
    licence, address = certified.licence, certified.address
    heading = _("Certificate of licence")
    return {
        "lang": language,
        "title": f"{heading} {licence.licence_no}",
        "vendor": settings.VENDOR_NAME or _("The software's vendor"),
        "heading": heading.upper(),
        "number_label": _("Number"),
        "number": licence.licence_no,
        "granted_to": _("Granted to"),
        "customer": licence.subscription.customer.name,
        "facts": list(_facts(certified)),
        "columns": [
            _("Module"),
            _("Resource"),
            _("Quantity"),
            _("From"),
            _("To"),
            _("By request"),
        ],
        "rows": list(_rows(certified)),
        "nothing": _("Nothing is in force any more."),
        "qr": qr_svg(address),
        "address": address,
        "address_shown": [certified.public_base, public_codes.shown(licence.public_code)],
        "check": _(
            "Scan the code or open this address to see whether the licence still counts: it may "
            "have been replaced or withdrawn since. What the page says counts."
        ),
        "issued": _issued(certified.issued_on, language),
        "page": _("Page {page} of {pages}"),
    }


def _issued(day: datetime.date, language: str) -> str:
    """The day in words: Ngày 05 tháng 01 năm 2026."""
    month = f"{day:%m}" if language == "vi" else MONTHS[day.month]
    words = {"day": f"{day:%d}", "month": month, "year": day.year}
    return _("Issued on %(day)s %(month)s %(year)s") % words


def _facts(certified: Certified) -> Iterator[tuple[str, str]]:
    licence, order, earlier = certified.licence, certified.order, certified.earlier
    customer = licence.subscription.customer
    yield _("Budget code"), customer.budget_code
    if customer.parent:
        yield _("Governing unit"), customer.parent.name
    yield _("Product"), licence.subscription.product.name
    yield _("Ground"), f"{LicenceCause(licence.cause).label} {licence.request_no}".strip()
    if order:
        yield _("Order number"), order.order_no
    if order and order.contract_no:
        yield _("Contract number"), order.contract_no
    yield _("Version"), _version(licence, earlier)


def _version(licence: Licence, earlier: Licence | None) -> str:
    if not earlier:
        return str(licence.version)
    return _("%(version)s, replaces %(number)s (version %(earlier)s)") % {
        "version": licence.version,
        "number": earlier.licence_no,
        "earlier": earlier.version,
    }


def _rows(certified: Certified) -> Iterator[dict[str, Any]]:
    """A row for each addition; where a resource has several, what they come to when issued."""
    day = certified.issued_on
    by_resource = groupby(certified.lines, key=lambda line: (line.module, line.resource))
    for (module, resource), of_resource in by_resource:
        lines = list(of_resource)
        for line in lines:
            yield {"total": False, "cells": _cells(line)}
        running = [line for line in lines if line.term.first <= day <= line.term.last]
        if len(running) > 1:
            total = _quantity(sum(line.quantity for line in running), running[0].unit)
            said = _("Total on %(day)s") % {"day": f"{day:%d/%m/%Y}"}
            yield {"total": True, "cells": [module, resource, total, "", "", said]}


def _cells(line: CertifiedLine) -> list[str]:
    module = _("%(module)s (trial)") % {"module": line.module} if line.is_trial else line.module
    first, last = f"{line.term.first:%d/%m/%Y}", f"{line.term.last:%d/%m/%Y}"
    return [
        module,
        line.resource,
        _quantity(line.quantity, line.unit),
        first,
        last,
        line.request_no,
    ]


def _quantity(quantity: int, unit: str) -> str:
    return f"{format_number(quantity)} {unit}"
