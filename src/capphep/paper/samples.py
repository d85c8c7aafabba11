"""An invented record of each kind, to see a template with; it says itself that it is an example."""

from __future__ import annotations

from typing import Final

from capphep.paper.documents import Block, Document, Fact, Total, day_values
from capphep.paper.kinds import PaperKind
from capphep.platform import clock

_UNIT: Final = "Ủy ban nhân dân xã Ví Dụ"
_CUSTOMER: Final[tuple[Fact, ...]] = (
    ("Tên đơn vị", _UNIT),
    ("Mã ngân sách", "1234567"),
    ("Địa chỉ", "Số 1, đường Ví Dụ, xã Ví Dụ, tỉnh Ví Dụ"),
    ("Đại diện", "Nguyễn Văn Ví Dụ"),
    ("Chức vụ", "Chủ tịch"),
)
_AMOUNT: Final = 31_000_000


def sample_of(kind: PaperKind) -> Document:
    return {
        PaperKind.ORDER: _order,
        PaperKind.REQUEST: _request,
        PaperKind.HANDOVER: _handover,
    }[kind]()


def _values() -> dict[str, str]:
    return {
        "customer": _UNIT,
        "budget_code": "1234567",
        "product": "iGOV",
        "order_no": "DH-2026-000001",
        "contract_no": "01/2026/HĐ",
        "request_no": "YC-2026-000001",
        "request_kind": "Mua thêm",
        "licence_no": "GP-2026-000001",
        "salesperson": "Trần Thị Mẫu",
        "amount": "31.000.000",
        "amount_in_words": "Ba mươi mốt triệu đồng",
        **day_values(clock.today()),
    }


def _order() -> Document:
    rows = [
        ("VPS-50", "Văn phòng số – gói 50 người dùng, 12 tháng", "2", "9.500.000", "19.000.000"),
        ("KT-BOSO", "Kế toán – thêm 01 bộ sổ, 12 tháng", "3", "4.000.000", "12.000.000"),
    ]
    return Document(
        kind=PaperKind.ORDER,
        number="DH-2026-000001",
        day=clock.today(),
        values=_values(),
        customer=_CUSTOMER,
        rows=[
            {
                "position": str(position),
                "sku": sku,
                "name": name,
                "quantity": quantity,
                "unit_price": price,
                "tax_rate": "KCT",
                "amount": amount,
            }
            for position, (sku, name, quantity, price, amount) in enumerate(rows, start=1)
        ],
        totals=[
            Total("Cộng tiền hàng chưa thuế", "31.000.000"),
            Total("Thuế GTGT", "Không chịu thuế"),
            Total("TỔNG CỘNG", "31.000.000", is_strong=True),
        ],
        amount=_AMOUNT,
    )


def _request() -> Document:
    return Document(
        kind=PaperKind.REQUEST,
        number="YC-2026-000001",
        day=clock.today(),
        values=_values(),
        customer=_CUSTOMER[:3],
        blocks=[
            Block(
                "2. Nội dung yêu cầu",
                [
                    ("Loại yêu cầu", "Mua thêm"),
                    ("Sản phẩm", "iGOV"),
                    ("Đơn hàng", "DH-2026-000001"),
                    ("Giá trị", "31.000.000 đ"),
                ],
            ),
            Block(
                "3. Tài khoản quản trị (MISA ID)",
                [
                    ("Họ và tên", "Lê Văn Mẫu"),
                    ("Điện thoại", "0900000000"),
                    ("E-mail", "quantri@example.vn"),
                ],
            ),
        ],
        rows=[
            {
                "position": "1",
                "module": "Văn phòng số",
                "resource": "Người dùng (người)",
                "base": "100",
                "added": "100",
                "total": "200",
                "months": "12",
            },
            {
                "position": "2",
                "module": "Kế toán",
                "resource": "Bộ sổ (bộ sổ)",
                "base": "1",
                "added": "3",
                "total": "4",
                "months": "12",
            },
        ],
        amount=_AMOUNT,
        people={"sign_left": "Trần Thị Mẫu"},
    )


def _handover() -> Document:
    term = {
        "first_day": "01/01/2026",
        "last_day": "31/12/2026",
        "months": "12",
        "request_no": "YC-2026-000001",
    }
    return Document(
        kind=PaperKind.HANDOVER,
        number="YC-2026-000001/BBBG",
        day=clock.today(),
        values=_values(),
        customer=_CUSTOMER,
        rows=[
            {
                "position": "1",
                "module": "Văn phòng số",
                "resource": "Người dùng",
                "quantity": "100 người",
                **term,
            },
            {
                "position": "2",
                "module": "Kế toán",
                "resource": "Bộ sổ",
                "quantity": "3 bộ sổ",
                **term,
            },
        ],
    )
