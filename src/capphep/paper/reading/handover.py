"""What was granted, as handover records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from capphep.entitlements.models import Grant, GrantKind, Licence, LicenceCause, Subscription
from capphep.entitlements.queries import entitlement_lines
from capphep.paper.documents import Document, Fact, day_values, money, on_day
from capphep.paper.kinds import PaperKind
from capphep.paper.reading.shared import customer_values, if_any, order_values, unit_facts
from capphep.platform import clock
from capphep.provisioning.models import LicenceRequest

REPRESENTED: tuple[Fact, Fact] = ("Đại diện", ""), ("Chức vụ", "")


def handovers(found: Sequence[LicenceRequest]) -> list[Document]:
    """What each approved request granted. Two statements."""
    numbers = [each.request_no for each in found]
    kinds = (GrantKind.APPROVAL, GrantKind.TRIAL)
    rows = Grant.objects.filter(request_no__in=numbers, kind__in=kinds)
    grants: dict[str, list[Grant]] = defaultdict(list)
    for grant in rows.select_related("module", "resource").order_by(
        "module__position", "module_id", "resource__name", "id"
    ):
        grants[grant.request_no].append(grant)
    issued = Licence.objects.filter(request_no__in=numbers, cause=LicenceCause.APPROVAL)
    licences = dict(issued.values_list("request_no", "licence_no"))
    return [_handover(each, grants[each.request_no], licences) for each in found]


def _handover(
    request: LicenceRequest, grants: Sequence[Grant], licences: Mapping[str, str]
) -> Document:
    day, licence_no = clock.today(), licences.get(request.request_no, "")
    order = request.order
    return Document(
        kind=PaperKind.HANDOVER,
        number=f"{request.request_no}/BBBG",
        day=day,
        values={
            **customer_values(request.customer, request.budget_code),
            **order_values(order),
            **day_values(day),
            "product": request.product.name,
            "request_no": request.request_no,
            "licence_no": licence_no,
        },
        customer=[
            *unit_facts(request.customer, request.budget_code),
            ("Đại diện", (order and order.contact_name) or ""),
            ("Chức vụ", (order and order.contact_position) or ""),
            *if_any(("Người quản trị", request.admin_name)),
        ],
        rows=[_granted(number, each) for number, each in enumerate(grants, start=1)],
    )


def subscription(record: Subscription) -> Document:
    """All that the subscription holds today, and what is still to begin. Two statements."""
    day = clock.today()
    left = [
        (each.grant, each.left)
        for line in entitlement_lines(record)
        for each in reversed(line.additions)
        if each.left and each.left.last >= day
    ]
    licence = record.licences.order_by("-version").defer("content", "file").first()
    licence_no = licence.licence_no if licence else ""
    return Document(
        kind=PaperKind.HANDOVER,
        number=f"{licence_no or record.customer.budget_code}/BBBG",
        day=day,
        values={
            **customer_values(record.customer, record.customer.budget_code),
            **day_values(day),
            "product": record.product.name,
            "licence_no": licence_no,
        },
        customer=[*unit_facts(record.customer, record.customer.budget_code), *REPRESENTED],
        rows=[
            {**_granted(number, grant), "last_day": on_day(term.last)}
            for number, (grant, term) in enumerate(left, start=1)
        ],
    )


def _granted(number: int, grant: Grant) -> dict[str, str]:
    is_trial = grant.kind in (GrantKind.TRIAL, GrantKind.TRIAL_IN)
    return {
        "position": str(number),
        "module": f"{grant.module.name} (dùng thử)" if is_trial else grant.module.name,
        "resource": grant.resource.name,
        "quantity": f"{money(grant.quantity)} {grant.resource.unit}",
        "months": str(grant.months or ""),
        "first_day": on_day(grant.first_day),
        "last_day": on_day(grant.last_day),
        "request_no": grant.request_no,
    }
