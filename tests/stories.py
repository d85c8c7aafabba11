"""How things came to be where a test begins, told through the real actions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Item, Module, Product, Resource
from capphep.crm.keys import key_of
from capphep.crm.models import Customer, Order, OrderLine, Sector
from capphep.crm.rules import order_search_key
from capphep.entitlements.actions import OpeningGrant, open_grants, report_usage
from capphep.entitlements.queries.gauges import ReportedRow
from capphep.ims.actions import (
    Approval,
    Withdrawn,
    approve,
    confirm_withdrawal,
    propose_withdrawal,
    return_request,
)
from capphep.ims.queries.withdrawals import preview_of
from capphep.platform import clock, numbers
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from capphep.provisioning import reviews
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.actions.sending import send_request
from capphep.provisioning.actions.without_order import open_info_change, open_trial
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import EvidenceKind
from capphep.pure.months import term
from tests import factories, pdfs
from tests.factories import SmallCatalogue

PDF = pdfs.empty()


def opened(
    customer: Customer,
    catalogue: SmallCatalogue,
    *,
    users: int = 100,
    request_no: str = "YC-2026-000245",
) -> None:
    """The customer had iGOV with one set of books and so many users before capphep began."""
    first = clock.today() - datetime.timedelta(days=60)
    facts = {
        "customer_id": customer.pk,
        "product_id": catalogue.igov.pk,
        "first_day": first,
        "last_day": term(first, 12).last,
        "request_no": request_no,
    }
    open_grants(
        actor=SYSTEM,
        grants=[
            OpeningGrant(
                module_id=catalogue.accounting.pk,
                resource_id=catalogue.books.pk,
                quantity=1,
                source=f"{request_no}/1",
                **facts,
            ),
            OpeningGrant(
                module_id=catalogue.office.pk,
                resource_id=catalogue.users.pk,
                quantity=users,
                source=f"{request_no}/2",
                **facts,
            ),
        ],
    )


@transaction.atomic
def ordered(
    customer: Customer,
    salesperson: User,
    lines: Sequence[tuple[Item, int]],
    purpose: str = OrderPurpose.SALE,
) -> Order:
    """An order for these items, entered by the salesperson; amounts without discount or tax."""
    total = sum(item.unit_price * quantity for item, quantity in lines)
    number = numbers.next_number(numbers.ORDER, clock.today())
    order = Order.objects.create(
        order_no=number,
        contract_no=f"HD-{number[-6:]}",
        search_key=order_search_key(number, f"HD-{number[-6:]}", key_of(customer)),
        customer=customer,
        budget_code=customer.budget_code,
        product=lines[0][0].package.product,
        purpose=purpose,
        ordered_on=clock.today(),
        salesperson=salesperson,
        team=salesperson.team,
        contact_name="Nguyễn Văn An",
        contact_email="an@example.vn",
        contact_phone="0912345678",
        gross=total,
        discount=0,
        net=total,
        tax=0,
        total=total,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            item=item,
            sku=item.sku,
            name=item.name,
            edition=item.edition,
            quantity=quantity,
            unit_price=item.unit_price,
            tax_rate="KCT",
            gross=item.unit_price * quantity,
            discount=0,
            net=item.unit_price * quantity,
            tax=0,
            total=item.unit_price * quantity,
        )
        for position, (item, quantity) in enumerate(lines, start=1)
    )
    return order


def drafted(order: Order, salesperson: User) -> LicenceRequest:
    """A draft with evidence of both kinds."""
    request = open_request(actor=salesperson, order_id=order.pk)
    factories.stored_pdf(PDF)
    for kind in EvidenceKind:
        attach_evidence(
            actor=salesperson, request_id=request.pk, kind=kind, name="quyết định.pdf", chunks=[PDF]
        )
    return request


def complete_fields(request: LicenceRequest) -> dict[str, object]:
    """The fields that sending asks for, filled in."""
    return {
        "level": 4,
        "sector_id": request.sector_id or _any_sector(),
        "unit_name": request.customer.name,
        "admin_name": "Nguyễn Văn An",
        "admin_email": "an@example.vn",
        "admin_phone": "0912345678",
    }


def _any_sector() -> int:
    return Sector.objects.get_or_create(name="UBND cấp xã")[0].pk


def sent(order: Order, salesperson: User) -> LicenceRequest:
    """A complete request that waits at the desk."""
    return send(drafted(order, salesperson), salesperson)


def renewal_sent(
    customer: Customer, salesperson: User, lines: Sequence[tuple[Item, int]]
) -> LicenceRequest:
    """A complete request that renews with these items and waits at the desk."""
    return sent(ordered(customer, salesperson, lines, OrderPurpose.RENEWAL), salesperson)


def trial_sent(customer: Customer, salesperson: User, product: Product) -> LicenceRequest:
    """A complete request for a trial that waits at the desk."""
    draft = open_trial(actor=salesperson, customer_id=customer.pk, product_id=product.pk)
    return send(draft, salesperson)


def info_change_sent(
    customer: Customer, salesperson: User, product: Product, **values: object
) -> LicenceRequest:
    """A request that changes these fields (``unit_name``, ``admin_email``, …) and waits."""
    draft = open_info_change(actor=salesperson, customer_id=customer.pk, product_id=product.pk)
    return send_request(
        actor=salesperson, request_id=draft.pk, seen_version=draft.version, values=values
    )


def send(request: LicenceRequest, salesperson: User) -> LicenceRequest:
    """Send a draft with the fields that it needs."""
    return send_request(
        actor=salesperson,
        request_id=request.pk,
        seen_version=request.version,
        values=complete_fields(request),
    )


def seen_by_officer(request: LicenceRequest) -> str:
    """What the officer confirms after opening the dialog now."""
    return reviews.review(request, clock.today()).fingerprint


def approved(request: LicenceRequest, officer: User) -> Approval:
    return approve(actor=officer, request_id=request.pk, seen=seen_by_officer(request))


def returned(
    request: LicenceRequest,
    officer: User,
    comment: str = "Xem lại giúp.",
    comments: Mapping[str, str] | None = None,
) -> LicenceRequest:
    """The request, sent back for changes."""
    return return_request(
        actor=officer, request_id=request.pk, comment=comment, comments=comments or {}
    )


def sent_again(request: LicenceRequest, salesperson: User, **changes: object) -> LicenceRequest:
    """The request as it stands, with ``changes``, waits at the desk again."""
    return send_request(
        actor=salesperson,
        request_id=request.pk,
        seen_version=LicenceRequest.objects.values_list("version", flat=True).get(pk=request.pk),
        values=complete_fields(request) | changes,
    )


def proposed(
    request: LicenceRequest, officer: User, *, from_day: datetime.date | None = None
) -> Withdrawal:
    """A withdrawal of the approved request that waits for a second officer."""
    return propose_withdrawal(
        actor=officer,
        request_id=request.pk,
        from_day=from_day or clock.today(),
        reason="Đơn vị trả lại, chưa thanh toán",
    )


def seen_withdrawal(withdrawal: Withdrawal) -> str:
    """What the second officer confirms after opening the dialog now."""
    return preview_of(withdrawal.request, withdrawal.from_day, clock.today()).fingerprint


def withdrawn(
    request: LicenceRequest,
    officer: User,
    other_officer: User,
    *,
    from_day: datetime.date | None = None,
) -> Withdrawn:
    """Taken back: one officer proposes, the other confirms."""
    withdrawal = proposed(request, officer, from_day=from_day)
    return confirm_withdrawal(
        actor=other_officer, withdrawal_id=withdrawal.pk, seen=seen_withdrawal(withdrawal)
    )


def in_use(
    customer: Customer,
    catalogue: SmallCatalogue,
    users: int,
    at: datetime.datetime | None = None,
) -> None:
    """The product reports so many users of the digital office."""
    reported(used(customer, catalogue.office, catalogue.users, users, at))


def reported(*rows: ReportedRow) -> None:
    assert not any(one.refusal for one in report_usage(actor=SYSTEM, rows=rows))


def used(
    customer: Customer,
    module: Module,
    resource: Resource,
    in_use: int,
    at: datetime.datetime | None = None,
) -> ReportedRow:
    """A row as the product reports it."""
    return ReportedRow(
        budget_code=customer.budget_code,
        product=module.product.code,
        module=module.code,
        resource=resource.code,
        in_use=in_use,
        measured_at=at or timezone.now(),
    )
