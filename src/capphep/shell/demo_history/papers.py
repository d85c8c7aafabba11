"""The evidence of the sample data (R7): small papers that say what their request says."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from capphep.platform.files import path_of
from capphep.platform.models import FileText, StoredFile, TextState
from capphep.platform.typeset import Paper
from capphep.provisioning.models import Evidence
from capphep.provisioning.states import EvidenceKind, RequestStatus
from capphep.pure.money import format_dong
from capphep.pure.words import amount_in_words
from capphep.shell.demo_history.requests import begun_at
from capphep.shell.demo_history.sales import Sale

_TEMPLATE: Final = Path(__file__).parents[1] / "demo_data" / "paper.typ"
_SAMPLE: Final = "Dữ liệu mẫu của capphep: mọi tên, số và đơn vị đều là hư cấu."
_SHORT: Final = "Bản lưu rút gọn của dữ liệu mẫu: nội dung đầy đủ nằm ở hồ sơ giấy."
_WHOLE_FOR: Final = datetime.timedelta(days=30)
"""Papers of older requests share one look, so that the sample data load quickly."""


@dataclass(frozen=True, slots=True)
class _Scan:
    """A paper of a request, with the bytes of its PDF."""

    sale: Sale
    kind: EvidenceKind
    content: bytes
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def write_evidence(sales: Sequence[Sale]) -> None:
    """Both kinds for each request; a draft lacks the commitment."""
    scans = [scan for sale in sales for scan in _scans(sale)]
    for scan in scans:
        _keep(scan)
    StoredFile.objects.bulk_create(
        StoredFile(sha256=scan.sha256, size=len(scan.content), content_type="application/pdf")
        for scan in scans
    )
    FileText.objects.bulk_create(
        FileText(
            file_id=scan.sha256,
            state=TextState.HAS_TEXT,
            text=scan.text,
            pages=1,
            page_count=1,
        )
        for scan in scans
    )
    _attach(scans)


def _keep(scan: _Scan) -> None:
    path = path_of(scan.sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(scan.content)
        path.chmod(0o440)


def _attach(scans: Sequence[_Scan]) -> None:
    stored = StoredFile.objects.in_bulk([scan.sha256 for scan in scans])
    attached = Evidence.objects.bulk_create(_evidence(scan, stored[scan.sha256]) for scan in scans)
    for scan, evidence in zip(scans, attached, strict=True):
        evidence.added_at = begun_at(scan.sale) + datetime.timedelta(minutes=4)
        scan.sale.evidence.append(evidence)
    Evidence.objects.bulk_update(attached, ["added_at"], batch_size=200)
    for sale in {id(scan.sale): scan.sale for scan in scans}.values():
        # As `frozen_evidence` lists them.
        sale.evidence.sort(key=lambda one: (one.kind, one.pk))


def _evidence(scan: _Scan, stored: StoredFile) -> Evidence:
    sale = scan.sale
    found = Evidence(
        request=sale.request,
        kind=scan.kind,
        file=stored,
        added_by=sale.seller,
        name=_TITLES[scan.kind],
    )
    if scan.kind == EvidenceKind.FUNDING_DECISION:
        found.number, found.issuer = _number(sale), sale.customer.name
        found.issued_on, found.amount = _issued_on(sale), sale.order.total
    return found


_TITLES: Final = {
    EvidenceKind.FUNDING_DECISION: "Quyết định cấp nguồn.pdf",
    EvidenceKind.COMMITMENT: "Cam kết thanh toán.pdf",
}


def _scans(sale: Sale) -> Iterator[_Scan]:
    for kind in EvidenceKind:
        if sale.end == RequestStatus.DRAFT and kind == EvidenceKind.COMMITMENT:
            return
        said = _said(sale, kind)
        if sale.made_at > timezone.now() - _WHOLE_FOR or not sale.decided_at:
            content = _pdf(said, sale.made_at)
        else:
            content = _shared(kind, sale) + f"% {sale.request.request_no}\n".encode()
        text = " ".join([said["title"], said["number"], said["about"], *said["paragraphs"]])
        yield _Scan(sale, kind, content, text)


_looks: dict[EvidenceKind, bytes] = {}


def _shared(kind: EvidenceKind, sale: Sale) -> bytes:
    if kind not in _looks:
        said = _said(sale, kind) | {"number": "", "paragraphs": [_SHORT], "person": ""}
        _looks[kind] = _pdf(said | {"issuer": "Đơn vị mẫu", "date": ""}, sale.made_at)
    return _looks[kind]


def _pdf(said: dict[str, Any], made_at: datetime.datetime) -> bytes:
    return Paper(_TEMPLATE, said, made_at).pdf()


def _number(sale: Sale) -> str:
    return f"{int(sale.request.request_no[-4:]) % 300 + 1}/QĐ-UBND"


def _issued_on(sale: Sale) -> datetime.date:
    return timezone.localdate(sale.made_at) - datetime.timedelta(days=6)


def _said(sale: Sale, kind: EvidenceKind) -> dict[str, Any]:
    unit, order, day = sale.customer, sale.order, _issued_on(sale)
    amount = f"{format_dong(order.total)} (bằng chữ: {amount_in_words(order.total)})"
    common = {
        "sample": _SAMPLE,
        "issuer": unit.name,
        "date": f"Ngày {day.day} tháng {day.month} năm {day.year}",
        "person": "(Đã ký)",
    }
    who = f"Đơn vị: {unit.name}, mã ngân sách {unit.budget_code}."
    goods = f"{sale.quantity} × {sale.item.name}, theo hợp đồng số {order.contract_no}."
    if kind == EvidenceKind.FUNDING_DECISION:
        return common | {
            "title": "Quyết định",
            "number": _number(sale),
            "about": "Về việc cấp nguồn kinh phí mua phần mềm",
            "paragraphs": [
                who,
                f"Điều 1. Cấp kinh phí {amount} để mua {goods}",
                "Điều 2. Kinh phí lấy từ nguồn chi thường xuyên đã được giao trong năm.",
                "Điều 3. Quyết định có hiệu lực kể từ ngày ký.",
            ],
            "signs": "THỦ TRƯỞNG ĐƠN VỊ",
        }
    return common | {
        "title": "Cam kết thanh toán",
        "number": _number(sale).replace("QĐ-UBND", "CK"),
        "about": f"Hợp đồng số {order.contract_no}",
        "paragraphs": [
            who,
            f"Đơn vị cam kết thanh toán {amount} cho {goods}",
            "Thời hạn thanh toán: 30 ngày kể từ khi nghiệm thu.",
        ],
        "signs": "CHỦ TÀI KHOẢN",
    }
