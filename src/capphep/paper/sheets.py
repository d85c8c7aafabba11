"""Documents set by Typst in a design: what `typst/sheet.typ` is given, all of it plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from capphep.paper.designs import Design, Vendor
from capphep.paper.documents import Block, Document, Fact
from capphep.paper.layouts import PaperColumn
from capphep.paper.rules import line_of, paragraphs_of
from capphep.platform.typeset import Paper

TEMPLATE: Final = Path(__file__).parent / "typst" / "sheet.typ"
MOTTO: Final = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc")
NOT_KNOWN: Final = "……………"
"""What stands where a record does not say what a text names: room to write it by hand."""

_BESIDE: Final = {
    ("Mã ngân sách", "Mã số thuế"),
    ("Điện thoại", "E-mail"),
    ("Đại diện", "Chức vụ"),
    ("Họ và tên", "Chức vụ"),
    ("Mã số thuế", "Điện thoại"),
    ("Đơn hàng", "Hợp đồng số"),
    ("Loại yêu cầu", "Sản phẩm"),
}


def paper_of(documents: Sequence[Document], design: Design) -> Paper:
    """One paper with each of the documents on pages of its own."""
    vendor = design.vendor
    values = {
        "lang": "vi",
        "title": " · ".join(each.number for each in documents[:3]),
        "vendor": vendor.shown_name,
        "address": vendor.address,
        "contact": _contact(vendor),
        "logo": vendor.logo,
        "page": "Trang {page}/{pages}",
        "docs": [_sheet(each, design) for each in documents],
    }
    return Paper(TEMPLATE, values, timezone.now())


def _contact(vendor: Vendor) -> str:
    said = [("Điện thoại: ", vendor.phone), ("E-mail: ", vendor.email)]
    return " · ".join(label + value for label, value in said if value)


def _sheet(document: Document, design: Design) -> dict[str, Any]:
    known = {**document.values, **_vendor_values(design)}
    values = {name: known.get(name) or NOT_KNOWN for name in design.layout.placeholders}

    def line(name: str) -> str:
        return line_of(design.text(name), values)

    columns = list(_columns(document, design))
    return {
        "motto": MOTTO if design.has_motto else (),
        "number": f"Số: {document.number}",
        "dated": _dated(document, design.vendor),
        "title": line("title"),
        "subtitle": _without_gaps(design.text("subtitle"), values),
        "basis": _written(_known_lines(design.text("basis"), values), values),
        "blocks": [_block(each) for each in _blocks(document, design, line)],
        "before_table": line("before_table") if document.rows else "",
        "columns": [
            {"label": each.label, "align": each.align, "wide": each.is_wide} for each in columns
        ],
        "rows": [[row.get(each.key, "") for each in columns] for row in document.rows],
        "totals": [[each.label, each.value, each.is_strong] for each in document.totals],
        "words_label": design.layout.words_label,
        "words": document.words,
        "signatures": [
            {
                "title": line(each.text),
                "hint": each.hint,
                "name": document.people.get(each.text, ""),
            }
            for each in design.layout.signers
            if design.text(each.text).strip()
        ],
        "footer": line("footer"),
        **{name: _written(design.text(name), values) for name in ("intro", "terms", "closing")},
    }


def _dated(document: Document, vendor: Vendor) -> str:
    day = f"ngày {document.day:%d} tháng {document.day:%m} năm {document.day:%Y}"
    return f"{vendor.place}, {day}" if vendor.place else day.capitalize()


def _vendor_values(design: Design) -> dict[str, str]:
    vendor = design.vendor
    return {
        "vendor": vendor.shown_name,
        "representative": vendor.representative,
        "copies": f"{design.copies:02d}",
    }


def _without_gaps(text: str, values: Mapping[str, str]) -> str:
    """A line that names what the record does not say is left out as a whole."""
    filled = line_of(text, values)
    return "" if NOT_KNOWN in filled else filled


def _known_lines(text: str, values: Mapping[str, str]) -> str:
    """Grounds that a record does not have are not grounds: their lines are left out."""
    return "\n".join(line for line in text.splitlines() if _without_gaps(line, values))


def _written(text: str, values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"bullet": each.bullet, "runs": [list(run) for run in each.runs]}
        for each in paragraphs_of(text, values)
    ]


def _blocks(document: Document, design: Design, line: Any) -> Iterator[Block]:
    """The parties as the layout has them, then what else the record says."""
    for each in design.layout.texts:
        if each.name == "customer_heading":
            yield Block(line(each.name), document.customer)
        elif each.name == "vendor_heading":
            yield Block(line(each.name), _vendor_facts(design.vendor))
    yield from document.blocks


def _vendor_facts(vendor: Vendor) -> list[Fact]:
    facts = [
        ("Tên đơn vị", vendor.shown_name),
        ("Địa chỉ", vendor.address),
        ("Mã số thuế", vendor.tax_code),
        ("Điện thoại", vendor.phone),
        ("Tài khoản", vendor.bank_account),
        ("Đại diện", vendor.representative),
        ("Chức vụ", vendor.position),
    ]
    return [fact for fact in facts if fact[1] or fact[0] not in ("Tài khoản", "Điện thoại")]


def _block(block: Block) -> dict[str, Any]:
    return {"heading": block.heading, "facts": list(_in_rows(block.facts))}


def _in_rows(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    """What is short and belongs together stands in one row."""
    row: list[Fact] = []
    for fact in facts:
        if row and (row[-1][0], fact[0]) not in _BESIDE:
            yield row
            row = []
        row.append(fact)
        if len(row) == 2:
            yield row
            row = []
    if row:
        yield row


def _columns(document: Document, design: Design) -> Iterable[PaperColumn]:
    chosen = design.layout.default_columns if design.columns is None else design.columns
    for each in design.layout.columns:
        is_asked = each.is_fixed or each.key in chosen
        if is_asked and any(row.get(each.key) for row in document.rows):
            yield each
