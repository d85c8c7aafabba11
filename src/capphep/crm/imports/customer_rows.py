"""The sheet of customers, and what each of its rows says (R11)."""

from __future__ import annotations

import re
from typing import Final

from capphep.crm.actions.bulk_entries import CustomerEntry
from capphep.crm.customer_rules import (
    ContactInput,
    CustomerInput,
    contact_values,
    customer_values,
)
from capphep.crm.imports import rows as sheet
from capphep.crm.imports.rows import Rejected, SheetPlan, SheetRow
from capphep.crm.models import Level, OrgType, PublicUnitKind, Sector
from capphep.pure import codes
from capphep.pure.cells import Raw
from capphep.pure.errors import Invalid
from capphep.pure.problems import Problems

SHEET: Final = SheetPlan(
    title="Khách hàng",
    columns={
        "budget_code": "Mã ngân sách",
        "name": "Tên khách hàng",
        "org_type": "Loại hình",
        "public_unit_kind": "Phân loại KH HCSN",
        "parent": "Đơn vị chủ quản",
        "sector": "Ngành",
        "level": "Cấp",
        "chapter_code": "Chương",
        "tax_code": "Mã số thuế",
        "province": "Tỉnh/Thành phố",
        "commune": "Xã/Phường",
        "address": "Địa chỉ",
        "phone": "Điện thoại",
        "email": "Email",
        "full_name": "Người liên hệ",
        "position": "Chức vụ",
        "note": "Ghi chú",
        "not_same_as": "Không trùng với",
    },
    required=frozenset({"budget_code", "name", "org_type", "public_unit_kind"}),
    aliases={
        "Mã QHNS": "budget_code",
        "Mã NS": "budget_code",
        "Mã số QHNS": "budget_code",
        "Tên đơn vị": "name",
        "Đơn vị": "name",
        "MST": "tax_code",
        "Tỉnh": "province",
        "Tỉnh thành": "province",
        "Xã": "commune",
        "Phường xã": "commune",
        "SĐT": "phone",
        "Số điện thoại": "phone",
        "E-mail": "email",
        "Họ và tên": "full_name",
    },
)
ORG_TYPES: Final = {
    "Đơn vị HCSN cấp Trung ương": OrgType.CENTRAL,
    "Đơn vị HCSN cấp Tỉnh": OrgType.PROVINCE,
    "Đơn vị HCSN cấp Xã/Phường": OrgType.COMMUNE,
}
UNIT_KINDS: Final = {
    "UBND Xã/Phường": PublicUnitKind.COMMITTEE,
    "Phòng ban chuyên môn": PublicUnitKind.DEPARTMENT,
    "Đơn vị thuộc khối giáo dục": PublicUnitKind.EDUCATION,
    "Các đơn vị khác": PublicUnitKind.OTHER,
}
LEVELS: Final = {
    "Trung ương": Level.CENTRAL,
    "Tỉnh": Level.PROVINCE,
    "Huyện": Level.DISTRICT,
    "Xã": Level.COMMUNE,
}
_SEVEN: Final = re.compile(r"(?<!\d)\d{7}(?!\d)")
_LEVEL_OF: Final = {
    OrgType.CENTRAL: Level.CENTRAL,
    OrgType.PROVINCE: Level.PROVINCE,
    OrgType.COMMUNE: Level.COMMUNE,
}


class RowReader:
    """Reads rows into entries; asks once for the sectors there are."""

    def __init__(self) -> None:
        self.sector = sheet.one_of({sector.name: sector for sector in Sector.objects.all()})
        self.org_type = sheet.one_of(ORG_TYPES)
        self.unit_kind = sheet.one_of(UNIT_KINDS)
        self.level = sheet.one_of(LEVELS)
        self.parent = sheet.by(codes.budget_code)

    def entry(self, row: SheetRow) -> CustomerEntry | Rejected:
        """RULE R11: the customer that the row describes, or every reason why it is none."""
        problems = Problems()
        values = self._values(row, problems)
        values["sector"] = sheet.read(row, "sector", self.sector, problems)
        parent = sheet.read(row, "parent", self.parent, problems)
        contact = _contact(row, problems)
        if problems.refusals:
            return Rejected(row.number, problems.refusals)
        stated = {name: value for name, value in values.items() if value not in ("", None)}
        # The level of a row that says none is a guess, good enough for a new customer only.
        guessed = {} if row.text("level") else {"level": stated.pop("level")}
        return CustomerEntry(
            budget_code=str(stated.pop("budget_code")),
            values=stated,
            if_new=guessed,
            parent_code=parent or "",
            contact_name=str(contact.get("full_name", "")),
            contact_position=str(contact.get("position", "")),
            not_same_as=frozenset(_SEVEN.findall(str(row.raw("not_same_as")))),
        )

    def _values(self, row: SheetRow, problems: Problems) -> dict[str, object]:
        """The customer's columns; a name that is in no list is replaced only to read on."""
        org_type = sheet.read(row, "org_type", self.org_type, problems, required=True)
        kind = sheet.read(row, "public_unit_kind", self.unit_kind, problems, required=True)
        level = sheet.read(row, "level", self.level, problems)
        typed = CustomerInput(
            budget_code=row.raw("budget_code"),
            name=row.text("name"),
            org_type=org_type or OrgType.COMMUNE,
            public_unit_kind=kind or PublicUnitKind.OTHER,
            level=level or _likely_level(row.raw("chapter_code"), org_type),
            chapter_code=row.raw("chapter_code"),
            tax_code=row.raw("tax_code"),
            province=row.text("province"),
            commune=row.text("commune"),
            address=row.text("address"),
            phone=row.raw("phone"),
            email=row.text("email"),
            note=str(row.raw("note")),
        )
        return customer_values(typed, problems)


def _contact(row: SheetRow, problems: Problems) -> dict[str, object]:
    """The person that the row names; a position without a name is nobody's."""
    if not row.text("full_name"):
        return {}
    typed = ContactInput(full_name=row.text("full_name"), position=row.text("position"))
    return contact_values(typed, problems)


def _likely_level(chapter: Raw, org_type: OrgType | None) -> int:
    try:
        return codes.chapter_level(codes.chapter_code(chapter))
    except Invalid:
        return _LEVEL_OF[org_type or OrgType.COMMUNE]
