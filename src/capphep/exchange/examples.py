"""English titles of the columns, and invented rows for the templates to download."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Final

CUSTOMER_COLUMNS: Final[Mapping[str, str]] = {
    "Budget code": "budget_code",
    "Customer": "name",
    "Customer name": "name",
    "Tên đơn vị": "name",
    "Organisation type": "org_type",
    "Kind of public unit": "public_unit_kind",
    "Phân loại": "public_unit_kind",
    "Governing unit": "parent",
    "Sector": "sector",
    "Level": "level",
    "Chapter": "chapter_code",
    "Tax code": "tax_code",
    "MST": "tax_code",
    "Province": "province",
    "Province/City": "province",
    "Tỉnh": "province",
    "Commune/Ward": "commune",
    "Address": "address",
    "Phone": "phone",
    "Số điện thoại": "phone",
    "E-mail": "email",
    "Contact": "full_name",
    "Họ và tên": "full_name",
    "Position": "position",
    "Note": "note",
    "Not the same as": "not_same_as",
}
LINE_COLUMNS: Final[Mapping[str, str]] = {
    "Budget code": "budget_code",
    "Product": "product",
    "Module": "module",
    "Resource": "resource",
    "Quantity": "quantity",
    "From": "first_day",
    "From day": "first_day",
    "To": "last_day",
    "To day": "last_day",
    "Request number": "request_no",
}
ORDER_COLUMNS: Final[Mapping[str, str]] = {
    "Order": "order",
    "Order number": "order",
    "Contract number": "contract_no",
    "Order date": "ordered_on",
    "Budget code": "budget_code",
    "Item code": "sku",
    "SKU": "sku",
    "Quantity": "quantity",
    "Line discount (%)": "line_discount",
    "Order discount (%)": "discount_percent",
    "Discount amount": "discount_amount",
    "Purpose": "purpose",
    "Sales project": "project",
    "Salesperson": "salesperson",
    "Description": "description",
    "Contact": "contact_name",
    "Position": "contact_position",
    "Contact phone": "contact_phone",
    "Contact e-mail": "contact_email",
}
ITEM_COLUMNS: Final[Mapping[str, str]] = {
    "Item code": "sku",
    "SKU": "sku",
    "Item": "name",
    "Name": "name",
    "Product": "product",
    "Package": "package",
    "Unit price": "price",
    "Price": "price",
    "Months": "months",
    "Tax rate": "tax",
    "Tax from": "tax_from",
    "Contents": "contents",
    "Note": "note",
}
CUSTOMERS: Final[Sequence[Mapping[str, object]]] = (
    {
        "budget_code": "1234567",
        "name": "UBND Xã Ví Dụ",
        "org_type": "Đơn vị HCSN cấp Xã/Phường",
        "public_unit_kind": "UBND Xã/Phường",
        "sector": "UBND cấp xã",
        "level": "Xã",
        "chapter_code": "805",
        "province": "Nghệ An",
        "commune": "Xã Ví Dụ",
        "full_name": "Nguyễn Văn A",
        "position": "Kế toán trưởng",
    },
)
LINES: Final[Sequence[Mapping[str, object]]] = (
    {
        "budget_code": "1234567",
        "product": "iGOV",
        "module": "Văn phòng số",
        "resource": "Người dùng",
        "quantity": 50,
        "first_day": datetime.date(2026, 1, 1),
        "last_day": datetime.date(2026, 12, 31),
        "request_no": "YC-2025-000001",
    },
)
ORDERS: Final[Sequence[Mapping[str, object]]] = (
    {
        "order": 1,
        "contract_no": "12/HĐ-2026",
        "ordered_on": datetime.date(2026, 3, 1),
        "budget_code": "1234567",
        "sku": "IGOV-VPS-50",
        "quantity": 2,
        "contact_name": "Nguyễn Văn A",
    },
    {"order": 1, "sku": "IGOV-KT-1", "quantity": 1},
)
ITEMS: Final[Sequence[Mapping[str, object]]] = (
    {
        "sku": "IGOV-VPS-50",
        "name": "Văn phòng số 50 người dùng",
        "product": "iGOV",
        "package": "Văn phòng số (VPS)",
        "price": 5_000_000,
        "months": 12,
        "tax": "KCT",
        "tax_from": datetime.date(2026, 1, 1),
        "contents": "Văn phòng số/Người dùng: 50",
    },
)
