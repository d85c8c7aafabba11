"""What a funding decision may say of itself, and what its text suggests."""

from __future__ import annotations

import datetime
import time

import pytest

from capphep.provisioning.evidence_rules import Suggestion, check_issued_on, suggestion
from capphep.pure.errors import Invalid

DAY = datetime.date(2026, 11, 25)
TEXT = """UBND XÃ ĐÔNG HẢI
Số: 128/QĐ-UBND Đông Hải, ngày 02 tháng 11 năm 2026
QUYẾT ĐỊNH cấp 24.500.000 đồng; sửa Quyết định số 7/QĐ ngày 1 tháng 1 năm 2025"""


def test_a_decision_is_of_today_or_before() -> None:
    check_issued_on(None, DAY)
    check_issued_on(DAY, DAY)
    with pytest.raises(Invalid) as refused:
        check_issued_on(DAY + datetime.timedelta(days=1), DAY)
    assert (refused.value.code, refused.value.field) == ("decision_in_future", "issued_on")


def test_number_day_and_amount_are_read_from_the_text() -> None:
    found = suggestion(TEXT, 24_500_000, DAY)
    assert found == Suggestion("128/QĐ-UBND", datetime.date(2026, 11, 2), 24_500_000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Số: .../QĐ-UBND, ngày ... tháng ... năm 2026",
        "ngày 31 tháng 02 năm 2026",
        "ngày 26 tháng 11 năm 2026",
        "Số lượng: 50",
    ],
)
def test_what_the_text_does_not_say_is_not_suggested(text: str) -> None:
    assert suggestion(text, 24_500_000, DAY) == Suggestion()


def test_a_text_full_of_beginnings_of_a_number_is_read_in_a_moment() -> None:
    began = time.process_time()
    assert suggestion("Số1." * 50_000, 24_500_000, DAY) == Suggestion()
    assert time.process_time() - began < 5
