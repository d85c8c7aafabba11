"""What the pictures need beside the sample data: requests that wait, through the real actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capphep.crm.models import Order, Sector
from capphep.crm.states import LicenceStatus
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.actions.extras import save_extra
from capphep.provisioning.actions.sending import send_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.pure.errors import Invalids, Refusal

EVIDENCE = Path(__file__).resolve().parents[2] / "tests" / "data" / "evidence"
FILES = {
    EvidenceKind.FUNDING_DECISION: "quyet-dinh-cap-nguon.pdf",
    EvidenceKind.COMMITMENT: "cam-ket-thanh-toan.pdf",
}
PEOPLE = (
    ("Nguyễn Văn An", "an@example.vn", "0912345678"),
    ("Lê Thị Bình", "binh@example.vn", "0987654321"),
    ("Trần Minh Châu", "chau@example.vn", "0903456789"),
    ("Phạm Thu Dung", "dung@example.vn", "0934567890"),
)


def requests_wait() -> None:
    """Some of the orders for which nothing was asked yet get a request that waits."""
    people = iter(PEOPLE)
    orders = Order.objects.filter(licence_status=LicenceStatus.NOT_REQUESTED).order_by("-pk")
    for order in orders.select_related("salesperson"):
        person = next(people, None)
        if person is None:
            return
        try:
            _sent(order, order.salesperson, person)
        except (Refusal, Invalids):
            continue  # that customer bought something since: another one will do


def _sent(order: Order, salesperson: User, person: tuple[str, str, str]) -> LicenceRequest:
    request = open_request(actor=salesperson, order_id=order.pk)
    for kind, name in FILES.items():
        # No two of them are the same file (R7): a comment of PDF makes the difference.
        content = (EVIDENCE / name).read_bytes() + f"\n% {order.order_no}".encode()
        attach_evidence(
            actor=salesperson, request_id=request.pk, kind=kind, name=name, chunks=[content]
        )
    for line in request.lines.select_related("module"):
        extra = _extra(line.module.extra_schema or {}, order.budget_code)
        save_extra(actor=salesperson, request_id=request.pk, line_id=line.pk, values=extra)
    values = {
        "level": 4,
        "sector_id": request.sector_id or Sector.objects.earliest("pk").pk,
        "unit_name": request.customer.name,
        **dict(zip(("admin_name", "admin_email", "admin_phone"), person, strict=True)),
    }
    return send_request(
        actor=salesperson, request_id=request.pk, seen_version=request.version, values=values
    )


def _extra(schema: dict[str, Any], budget_code: str) -> dict[str, str]:
    known = {"using_unit": budget_code, "regime": "tt24", "departments": "5"}
    return {name: known[name] for name in schema.get("properties", {}) if name in known}
