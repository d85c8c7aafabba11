"""A copy of what is held about a person, as a workbook to hand over."""

from __future__ import annotations

import io
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

from capphep.privacy.holdings import Held
from capphep.privacy.models import SubjectRequest
from capphep.privacy.views.access import RECORDS

_WIDTHS: Final = (24, 36, 24, 40)


def workbook(record: SubjectRequest, held: list[Held]) -> bytes:
    """One row for each value; in memory, for there are few. No text becomes a formula."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    sheet = book.add_worksheet(_("Personal data"))
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, str(record), bold)
    rows: list[tuple[Any, ...]] = [(_("Where"), _("Record"), _("What"), _("Value"))]
    rows += [
        (RECORDS.get(one.kind, ""), one.name, label, value)
        for one in held
        for label, value in one.values
    ]
    for at, row in enumerate(rows, 2):
        for column, value in enumerate(row):
            sheet.write_string(at, column, str(value), bold if at == 2 else None)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    book.close()
    return content.getvalue()
