"""What the templates show of a request: statuses, module lines, evidence."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from capphep.catalog import schemas
from capphep.catalog.models import Module
from capphep.platform import clock
from capphep.platform.addresses import url_if_any
from capphep.platform.filetypes import EXTENSIONS
from capphep.platform.kit import MenuItem, Remark, Status, Step, Tone, steps
from capphep.platform.models import FileText, TextState
from capphep.provisioning import explanations, options, plans, queries
from capphep.provisioning.models import Evidence, LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.rules import needs_evidence
from capphep.provisioning.states import WAS_APPROVED, EvidenceKind, RequestKind, RequestStatus
from capphep.pure.mentions import amount_mentions, code_mentions
from capphep.pure.money import format_dong
from capphep.pure.months import Term

_TONES: Final[Mapping[str, Tone]] = {
    RequestStatus.DRAFT: "neutral",
    RequestStatus.WAITING: "waiting",
    RequestStatus.RETURNED: "info",
    RequestStatus.APPROVED: "good",
    RequestStatus.REJECTED: "bad",
    RequestStatus.WITHDRAWN: "gone",
    RequestStatus.EXPIRED: "gone",
    RequestStatus.DISCARDED: "gone",
}


_D, _W, _A = RequestStatus.DRAFT, RequestStatus.WAITING, RequestStatus.APPROVED
# By status: the steps, which of them is the current one, and whether that one was refused.
_WAYS: Final[Mapping[str, tuple[Sequence[RequestStatus], int, bool]]] = {
    RequestStatus.DRAFT: ((_D, _W, _A), 0, False),
    RequestStatus.WAITING: ((_D, _W, _A), 1, False),
    RequestStatus.RETURNED: ((RequestStatus.RETURNED, _W, _A), 0, False),
    RequestStatus.APPROVED: ((_D, _W, _A), 3, False),
    RequestStatus.REJECTED: ((_D, _W, RequestStatus.REJECTED), 2, True),
    RequestStatus.WITHDRAWN: ((_D, _W, _A, RequestStatus.WITHDRAWN), 3, True),
    RequestStatus.EXPIRED: ((_D, RequestStatus.EXPIRED), 1, True),
    RequestStatus.DISCARDED: ((_D, RequestStatus.DISCARDED), 1, True),
}


def status_of(request: LicenceRequest) -> Status:
    return Status(RequestStatus(request.status).label, _TONES[request.status])


def steps_of(request: LicenceRequest) -> list[Step]:
    """Nháp → Chờ duyệt → Đã duyệt; what ended or turned back stands in place of a step."""
    way, current, refused = _WAYS[request.status]
    labels = [one.label for one in way]
    return steps(labels, current, refused=refused)


@dataclass(frozen=True, slots=True)
class ShownQuantity:
    record: RequestQuantity
    kind: str
    first_day: datetime.date | None

    @property
    def explanation(self) -> str:
        record = self.record
        return explanations.quantity_sum(
            base=record.base,
            base_request_no=record.base_request_no,
            added=record.added,
            kind=self.kind,
            first_day=self.first_day,
        )

    @property
    def remark(self) -> str:
        record = self.record
        return explanations.lapsed_remark(
            base=record.base,
            base_request_no=record.base_request_no,
            lapsed=record.lapsed,
            kind=self.kind,
        )


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A ticked module. ``missing`` counts the additional fields that are not right yet.

    ``term`` is that of the approval, or what it would be today, where that can be said.
    """

    record: RequestLine
    quantities: Sequence[ShownQuantity]
    extra: Sequence[tuple[str, str]]
    has_extra: bool
    missing: int
    term: Term | None
    error: str = ""
    remark: Remark | None = None

    @property
    def name(self) -> str:
        """The field that errors and remarks name."""
        return f"line-{self.record.position}"

    @property
    def is_preview(self) -> bool:
        return self.term is not None and not self.record.first_day

    @property
    def span_remark(self) -> str:
        line = self.record
        return explanations.span_remark(
            ends_with=line.ends_with, follows=line.follows, module=line.module.name
        )


@dataclass(frozen=True, slots=True)
class OtherModule:
    """A module of the product that the order does not buy, and the reason in words."""

    module: Module
    reason: str


@dataclass(frozen=True, slots=True)
class ShownLines:
    ticked: Sequence[ShownLine]
    others: Sequence[OtherModule] = ()

    @property
    def are_previewed(self) -> bool:
        return any(line.is_preview for line in self.ticked)


def lines_shown(
    request: LicenceRequest,
    lines: Iterable[RequestLine],
    others: Iterable[Module] = (),
    errors: Mapping[str, str] | None = None,
    remarks: Mapping[str, Remark] | None = None,
) -> ShownLines:
    """``errors`` and ``remarks`` are by field: ``line-1`` is the first line. One statement."""
    rows, errors, remarks = list(lines), errors or {}, remarks or {}
    terms = plans.terms_of(request, rows, clock.today())
    shown = [_line(request, line, terms.get(line.pk)) for line in rows]
    return ShownLines(
        [
            replace(one, error=errors.get(one.name, ""), remark=remarks.get(one.name))
            for one in shown
        ],
        [
            OtherModule(module, explanations.not_ordered_reason(module.name, request.kind))
            for module in others
        ],
    )


def _line(request: LicenceRequest, line: RequestLine, term: Term | None) -> ShownLine:
    schema, language = line.module.extra_schema, get_language() or ""
    quantities = sorted(line.quantities.all(), key=lambda one: one.pk)
    first_day = term.first if term else None
    return ShownLine(
        record=line,
        quantities=[ShownQuantity(one, request.kind, first_day) for one in quantities],
        extra=schemas.display_values(schema, line.extra, language),
        has_extra=bool(schemas.fields_of(schema, language)),
        missing=queries.missing_extra(line),
        term=term,
    )


@dataclass(frozen=True, slots=True)
class ShownFile:
    """``absent`` names what the text of a digital decision should say and does not."""

    record: Evidence
    absent: Sequence[str] = ()

    @property
    def file_type(self) -> str:
        """The short name of what the content is: PDF, PNG, JPG, DOCX, XLSX."""
        return EXTENSIONS.get(self.record.file.content_type, "").removeprefix(".").upper()

    @property
    def is_decision(self) -> bool:
        return self.record.kind == EvidenceKind.FUNDING_DECISION


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """The files of one kind; ``errors`` say which file was not taken and why."""

    kind: EvidenceKind
    files: Sequence[ShownFile]
    errors: Sequence[str] = field(default_factory=list)
    is_required: bool = True
    remark: Remark | None = None

    @property
    def input_name(self) -> str:
        return input_name(self.kind)


def input_name(kind: EvidenceKind) -> str:
    """The name of the file input, which is also the field that a refusal names."""
    return f"evidence-{kind.value}"


def evidence_shown(
    request: LicenceRequest,
    errors: Mapping[str, Sequence[str]] | None = None,
    remarks: Mapping[str, Remark] | None = None,
) -> list[ShownEvidence]:
    """Both kinds, whether or not something is attached. One statement."""
    files = list(queries.evidence_of(request).select_related("file__text"))
    is_required = needs_evidence(request.kind) and options.EVIDENCE_REQUIRED.value()
    return [
        ShownEvidence(
            kind,
            [ShownFile(one, _absent(request, one)) for one in files if one.kind == kind],
            (errors or {}).get(input_name(kind), ()),
            is_required,
            (remarks or {}).get(input_name(kind)),
        )
        for kind in EvidenceKind
    ]


def _absent(request: LicenceRequest, evidence: Evidence) -> list[str]:
    """Said to the salesperson before the officer's automatic checks say it."""
    text: FileText | None = getattr(evidence.file, "text", None)
    is_decision = evidence.kind == EvidenceKind.FUNDING_DECISION
    if not is_decision or not text or text.state != TextState.HAS_TEXT:
        return []
    absent = []
    if not code_mentions(text.text, request.budget_code):
        absent.append(_("budget code %(code)s") % {"code": request.budget_code})
    if request.amount and not amount_mentions(text.text, request.amount):
        absent.append(_("amount %(amount)s") % {"amount": format_dong(request.amount)})
    return absent


def discard_item(request: LicenceRequest) -> MenuItem:
    """*Hủy nháp*, in the menus of form and page."""
    address = reverse("provisioning:request_discard", args=[request.pk])
    return MenuItem(_("Discard the draft"), address, "dialog", icon="trash", danger=True)


def source_item(request: LicenceRequest) -> MenuItem:
    """Where the request comes from: its order, or the customer that it was raised for."""
    if request.order_id:
        order = reverse("crm:order", args=[request.order_id])
        return MenuItem(_("Open the order"), order, icon="file-invoice")
    customer = reverse("crm:customer", args=[request.customer_id])
    return MenuItem(_("Open the customer"), customer, icon="building-community")


def paper_items(request: LicenceRequest) -> list[MenuItem]:
    """The request on paper, and the handover record of what it granted."""
    items = [
        MenuItem(
            _("Print the request"),
            url_if_any("paper:show", "request", request.pk),
            icon="file-text",
        )
    ]
    if request.status == RequestStatus.APPROVED and request.kind != RequestKind.INFO_CHANGE:
        url = url_if_any("paper:show", "handover", request.pk)
        items.append(MenuItem(_("Handover record"), url, icon="file-description"))
    return [item for item in items if item.url]


def subscription_items(request: LicenceRequest) -> list[MenuItem]:
    """Where what the request changed is to be seen; nothing before an approval."""
    if request.status not in WAS_APPROVED:
        return []
    address = url_if_any("ims:subscription_of_product", request.customer_id, request.product_id)
    return [MenuItem(_("Subscription"), address, icon="license")] if address else []
