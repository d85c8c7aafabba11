"""The sheet of customers: each row read (R11), doubles and governing units judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from capphep.crm.actions.bulk import Entered, enter_customers, require_entry
from capphep.crm.actions.bulk_entries import CustomerEntry
from capphep.crm.actions.bulk_reading import governing_units, owners_of
from capphep.crm.customer_rules import (
    ContactInput,
    CustomerInput,
    contact_values,
    customer_values,
)
from capphep.crm.imports import rows as sheet
from capphep.crm.imports.alike import alike_rows, note_alike
from capphep.crm.imports.governing import refused_parents
from capphep.crm.imports.provinces import official_name
from capphep.crm.imports.rows import Rejected, SheetPlan, SheetRow
from capphep.crm.models import Level, OrgType, PublicUnitKind, Sector
from capphep.crm.queries.customers import may_write
from capphep.crm.queries.former import codes_of_today
from capphep.platform.roles import Actor, Permission, may
from capphep.pure import codes
from capphep.pure.cells import Raw
from capphep.pure.errors import Invalid, Refusal, gettext_noop
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows. ``unchanged`` counts repeated rows that say the same, too."""

    created: int
    updated: int
    unchanged: int
    rejected: Sequence[Rejected]
    unusual_codes: Sequence[str]
    """RULE R11: budget codes whose first digit deserves a second look."""
    made: Sequence[int] = ()
    """Keys of the customers that were created."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What would become of the rows: those of new customers, of known ones, and the bad ones."""

    new: Sequence[str]
    known: Sequence[str]
    repeats: int
    rejected: Sequence[Rejected]


def import_customers(
    *, actor: Actor, rows: Iterable[SheetRow], keep_known: bool = False
) -> Outcome:
    """Enter the good rows, in the caller's transaction; return the bad ones with reasons.

    ``keep_known`` leaves customers that are there as they are. Raises Forbidden as
    `enter_customers` does.
    """
    require_entry(actor)
    batch = _judged(actor, rows, keep_known=keep_known)
    kept = len(batch.known) if keep_known else 0
    entries = batch.entries(batch.known if keep_known else ())
    alike = alike_rows(entries)
    entered = enter_customers(actor=actor, entries=entries)
    note_alike(actor, alike)
    return batch.outcome(entered, kept)


def judge_customers(
    *, actor: Actor, rows: Iterable[SheetRow], keep_known: bool, planned: Collection[str]
) -> Judged:
    """The same look at the rows, and nothing is written.

    ``planned`` are the codes of good rows that would have been entered before these.
    """
    batch = _judged(actor, rows, keep_known=keep_known, planned=planned)
    new = [code for code in batch.first if code not in batch.known]
    known = [code for code in batch.first if code in batch.known]
    return Judged(new, known, len(batch.repeats), batch.bad_rows())


def _judged(
    actor: Actor,
    rows: Iterable[SheetRow],
    *,
    keep_known: bool,
    planned: Collection[str] = (),
) -> _Batch:
    reader, batch = _RowReader(), _Batch()
    for row in rows:
        batch.take(row.number, reader.entry(row))
    batch.look_up(actor, must_be_own=not keep_known)
    batch.judge_parents(planned)
    return batch


class _RowReader:
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
            province=official_name(row.text("province")),
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


class _Batch:
    """The rows on their way: the first good one of each code, its repeats, and the bad ones."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[int, CustomerEntry]] = {}
        self.repeats: list[tuple[int, str]] = []
        self.rejected: list[Rejected] = []
        self.known: set[str] = set()

    def take(self, number: int, found: CustomerEntry | Rejected) -> None:
        """Of rows with one code the first good one enters; a later one has to say the same."""
        if isinstance(found, Rejected):
            self.rejected.append(found)
            return
        first, entry = self.first.setdefault(found.budget_code, (number, found))
        if entry is found:
            return
        if entry == found:
            self.repeats.append((number, found.budget_code))
        else:
            self.rejected.append(Rejected(number, [_differs(first)]))

    def look_up(self, actor: Actor, *, must_be_own: bool) -> None:
        """Find the customers that are there, and take out the rows of those of others."""
        self._take_out({code: _is_former(code) for code in codes_of_today(self.first)})
        found = owners_of(self.first)
        self.known = set(found)
        if must_be_own and not may(actor, Permission.BULK_ENTER):
            self._take_out(
                {
                    code: of_somebody_else(code)
                    for code, customer in found.items()
                    if not may_write(actor, customer)
                }
            )

    def judge_parents(self, planned: Collection[str]) -> None:
        """Take out the rows whose governing unit cannot be one, and what repeats them."""
        stated = {code: entry.parent_code for code, (_, entry) in self.first.items()}
        existing = governing_units({*stated, *stated.values()})
        wanted = [code for code in stated.values() if code in planned and code not in stated]
        self._take_out(refused_parents(stated, dict.fromkeys(wanted) | existing))

    def _take_out(self, refused: Mapping[str, Refusal]) -> None:
        numbered = [(number, code) for code, (number, _) in self.first.items()]
        for number, code in numbered + self.repeats:
            if code in refused:
                self.rejected.append(Rejected(number, [refused[code]]))
        self.repeats = [(number, code) for number, code in self.repeats if code not in refused]
        for code in refused:
            del self.first[code]

    def entries(self, but: Collection[str]) -> list[CustomerEntry]:
        return [entry for code, (_, entry) in self.first.items() if code not in but]

    def bad_rows(self) -> list[Rejected]:
        return sorted(self.rejected, key=lambda row: row.number)

    def outcome(self, entered: Entered, kept: int) -> Outcome:
        return Outcome(
            created=entered.created,
            updated=entered.updated,
            unchanged=entered.unchanged + len(self.repeats) + kept,
            rejected=self.bad_rows(),
            unusual_codes=[code for code in self.first if codes.unusual_budget_code(code)],
            made=entered.made,
        )


def of_somebody_else(code: str) -> Invalid:
    """It may be one that the actor may not know of: nothing more is said."""
    message = gettext_noop("The budget code %(code)s belongs to a customer of somebody else.")
    params = {"code": code}
    return Invalid("budget_code_taken", message, rule="R11", field="budget_code", params=params)


def _is_former(code: str) -> Invalid:
    """RULE D3: nobody else gets it, and nothing is written about a merged customer."""
    message = gettext_noop("%(code)s is a former code of a unit: enter its code of today.")
    params = {"code": code}
    return Invalid("former_code", message, rule="D3", field="budget_code", params=params)


def _differs(first: int) -> Invalid:
    message = gettext_noop("Row %(row)s has the same budget code and says something else.")
    return Invalid("repeated_code", message, field="budget_code", params={"row": first})
