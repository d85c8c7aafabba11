"""The automatic checks of a request: what they compare is read here, `ims.checks` compares it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence

from capphep.catalog import rules as catalog
from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import Package
from capphep.catalog.queries import eligibility_table
from capphep.crm.models import Order
from capphep.crm.queries.customers import owned_products
from capphep.identity.queries import account_at
from capphep.ims import checks, evidence_checks, options
from capphep.ims.checks import Check, Link, Outcome, Person
from capphep.ims.queries.desk import Difference
from capphep.ims.queries.evidence import SeenFile, files_of
from capphep.platform.models import TextState
from capphep.platform.texts import refusal_text
from capphep.provisioning import plans
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.rules import needs_evidence
from capphep.provisioning.states import EvidenceKind, RequestKind, RequestStatus
from capphep.pure.errors import Invalid, gettext_noop

# What a look at the request today can still change.
_UNDECIDED = (RequestStatus.WAITING, RequestStatus.RETURNED)


def require_unblocked(request: LicenceRequest, difference: Difference, day: datetime.date) -> None:
    """Raise Invalid ``check_blocks`` where a check that the setting names does not pass."""
    if not options.BLOCKING_CHECKS.value():
        return
    reason = blocked_by(checks_of(request, difference, files_of(request), day))
    if reason:
        raise Invalid(
            "check_blocks",
            gettext_noop("Approval is stopped by an automatic check: %(checks)s."),
            params={"checks": reason},
        )


def blocked_by(found: Sequence[Check]) -> str:
    """The titles of the checks that block; "" for none."""
    return "; ".join(check.title for check in found if check.outcome == Outcome.BLOCKED)


def checks_of(
    request: LicenceRequest, difference: Difference, files: Sequence[SeenFile], day: datetime.date
) -> list[Check]:
    """What applies to the request as it stands. At most eight statements."""
    found = [
        checks.budget_code(request.budget_code, request.customer.budget_code),
        *_of_order(request),
        *(_of_today(request, difference, day) if request.status in _UNDECIDED else ()),
        *_of_evidence(request, files),
    ]
    return checks.blocking(found, options.BLOCKING_CHECKS.value())


def _of_order(request: LicenceRequest) -> Iterator[Check]:
    if request.order:
        yield checks.amount(request.amount, request.order.total)


def _of_today(
    request: LicenceRequest, difference: Difference, day: datetime.date
) -> Iterator[Check]:
    if request.order:
        yield checks.eligible(_refusals(request, request.order, day))
    if difference.lines:
        yield checks.base(_quantities(difference))
        yield checks.term(_terms(request, difference))
    yield checks.duplicate(request.product.name, _open_beside(request))
    yield _account(request)


def _account(request: LicenceRequest) -> Check:
    """RULE R15: as `identity.actions.ensure_account` would find it. One statement."""
    known = account_at(request.admin_email, request.admin_phone)
    found = Person(known.full_name, known.email or "", known.phone or "") if known else None
    named = Person(request.admin_name, request.admin_email, request.admin_phone)
    return checks.account(named, found)


def _refusals(request: LicenceRequest, order: Order, day: datetime.date) -> list[str]:
    """RULE R8: the reasons against the ordered packages on the day. Three statements."""
    packages = Package.objects.filter(items__in=order.lines.values("item")).distinct()
    if request.kind == RequestKind.NEW:
        # The add-ons of a new sale come with the product itself.
        packages = packages.filter(kind=PackageKind.BASE)
    has = owned_products(request.customer, day)
    allowed = eligibility_table()
    refusals = [
        catalog.eligibility(
            catalog.OfferedPackage(
                package.pk, package.kind, package.product_id, package.product.name
            ),
            has.in_force,
            has.lapsed,
            allowed,
            order.purpose,
            coming=has.coming,
        )
        for package in packages.select_related("product").order_by("id")
    ]
    return [refusal_text(refusal) for refusal in refusals if refusal]


def _quantities(difference: Difference) -> list[checks.Quantity]:
    return [
        checks.Quantity(
            each.line.module.name, amount.resource.name, amount.then, amount.base, amount.added
        )
        for each in difference.lines
        for amount in each.amounts
    ]


def _terms(request: LicenceRequest, difference: Difference) -> list[checks.LineTerm]:
    """RULE R9: with the months of the ordered items. Two statements."""
    ordered: dict[int, set[int]] = defaultdict(set)
    for content in plans.contents_of(request):
        ordered[content.module_id].add(content.months)
    return [
        checks.LineTerm(
            module=each.line.module.name,
            months=each.months,
            # An addition that ends with the running term has months of its own.
            ordered=() if each.line.ends_with else ordered[each.line.module_id],
            first_day=each.first_day,
            last_day=each.last_day,
            remark=each.span_remark,
        )
        for each in difference.lines
    ]


def _open_beside(request: LicenceRequest) -> list[Link]:
    others = LicenceRequest.objects.filter(
        customer_id=request.customer_id,
        product_id=request.product_id,
        status__in=_UNDECIDED,
    )
    return [
        Link(other.pk, other.request_no, str(other.get_status_display()))
        for other in others.exclude(pk=request.pk).order_by("request_no")
    ]


def _of_evidence(request: LicenceRequest, files: Sequence[SeenFile]) -> Iterator[Check]:
    """Nothing for a kind of request that needs no evidence and has none."""
    needed = needs_evidence(request.kind)
    if not needed and not files:
        return
    seen = [_file(each) for each in files]
    if needed:
        present = {each.record.kind for each in files}
        yield evidence_checks.evidence(
            [str(kind.label) for kind in EvidenceKind if kind not in present]
        )
    yield evidence_checks.readable(seen)
    yield evidence_checks.file_elsewhere(_elsewhere(files))
    if needed:
        decisions = [_decision(each) for each in files if _is_decision(each)]
        yield evidence_checks.decision(decisions)
        yield evidence_checks.decision_amount(decisions, request.amount)
        yield evidence_checks.text_budget_code(seen, request.budget_code)
        yield evidence_checks.text_amount(seen, request.amount)


def _file(each: SeenFile) -> evidence_checks.File:
    return evidence_checks.File(
        name=each.record.name,
        is_readable=each.text.state != TextState.UNREADABLE if each.text else None,
        has_text=each.has_text,
        is_cut=bool(each.text and each.text.is_cut),
        code_pages=each.pages(each.code),
        amount_pages=each.pages(each.amount),
    )


def _is_decision(each: SeenFile) -> bool:
    return each.record.kind == EvidenceKind.FUNDING_DECISION


def _decision(each: SeenFile) -> evidence_checks.Decision:
    record = each.record
    return evidence_checks.Decision(record.name, record.number, record.issued_on, record.amount)


def _elsewhere(files: Sequence[SeenFile]) -> list[Link]:
    """Each request once, however many files it shares."""
    others = {other.request_id: other.request for each in files for other in each.elsewhere}
    return [
        Link(other.pk, other.request_no, str(other.get_status_display()))
        for other in sorted(others.values(), key=lambda one: one.request_no)
    ]
