"""Each automatic check: when it passes, when not, and what it says."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from capphep.ims import checks, evidence_checks
from capphep.ims.check_codes import REASONS, TITLES, CheckCode
from capphep.ims.checks import Check, LineTerm, Link, Outcome, Person, Quantity
from capphep.ims.evidence_checks import Decision, File

DAY = datetime.date(2026, 11, 2)
SCAN = File("quét.pdf", is_readable=True)
DIGITAL = File("số.pdf", is_readable=True, has_text=True)
FOUND = File("đủ.pdf", True, has_text=True, code_pages=[1, 3], amount_pages=[2])
DECISION = Decision("qd.pdf", "128/QĐ-UBND", DAY, 5_000_000)
TERM = LineTerm("Kế toán", 12, {12}, DAY, datetime.date(2027, 11, 1))
USERS = Quantity("VPS", "Người dùng", then=100, now=100, added=50)
AN = Person("Nguyễn Văn An", "an@example.vn", "0912345678")
OTHER = Link(7, "YC-2026-000007", "Chờ duyệt")


def test_every_check_has_a_title_and_a_reason() -> None:
    assert set(TITLES) == set(REASONS) == set(CheckCode)
    check = Check(CheckCode.BASE, Outcome.OK, "")
    assert check.title == "Tài nguyên như lúc gửi yêu cầu"
    assert check.reason.startswith("Chỉ cấp đúng phần mua thêm")


@pytest.mark.parametrize(
    ("check", "code", "outcome", "said"),
    [
        (checks.budget_code("1234567", "1234567"), "budget_code", "ok", "cùng có mã 1234567"),
        (checks.budget_code("7654321", "1234567"), "budget_code", "warn", "7654321"),
        (checks.amount(5_000_000, 5_000_000), "amount", "ok", "cùng ghi 5.000.000 đ"),
        (checks.amount(1, 5_000_000), "amount", "warn", "đơn hàng ghi 5.000.000 đ"),
        (checks.eligible([]), "eligible", "ok", "vẫn được mua"),
        (checks.eligible(["hết hạn", "hết hạn"]), "eligible", "warn", "không đặt được"),
        (checks.base([USERS]), "base", "ok", "như lúc gửi"),
        (checks.base([replace(USERS, now=150)]), "base", "warn", "thay đổi"),
        (checks.term([TERM]), "term", "ok", "Phê duyệt hôm nay"),
        (checks.term([replace(TERM, ordered=())]), "term", "ok", ""),
        (checks.term([replace(TERM, months=6)]), "term", "warn", "khác"),
        (checks.duplicate("iGOV", []), "duplicate", "ok", "iGOV"),
        (checks.duplicate("iGOV", [OTHER]), "duplicate", "warn", "1 yêu cầu khác"),
        (checks.account(AN, None), "account", "ok", "Chưa ai có tài khoản"),
        (checks.account(AN, replace(AN, name="Bình", email="AN@example.vn")), "account", "ok", "B"),
        (checks.account(AN, replace(AN, name="NGUYỄN VĂN AN", email="")), "account", "ok", ""),
        (checks.account(AN, replace(AN, email="b@example.vn")), "account", "warn", "b@example.vn"),
        (checks.account(AN, replace(AN, name="Lê Bình", email="")), "account", "warn", "Lê Bình"),
        (evidence_checks.evidence([]), "evidence", "ok", ""),
        (
            evidence_checks.evidence(["Bằng chứng cam kết"]),
            "evidence",
            "warn",
            "Bằng chứng cam kết",
        ),
        (evidence_checks.readable([SCAN, DIGITAL]), "readable", "ok", "1 trên 2 tệp có chữ"),
        (
            evidence_checks.readable([replace(SCAN, is_readable=False)]),
            "readable",
            "warn",
            "Không đọc",
        ),
        (
            evidence_checks.readable([replace(SCAN, is_readable=None)]),
            "readable",
            "unknown",
            "Chưa đọc",
        ),
        (evidence_checks.readable([]), "readable", "unknown", "Không có tệp"),
        (evidence_checks.file_elsewhere([]), "file_elsewhere", "ok", ""),
        (evidence_checks.file_elsewhere([OTHER]), "file_elsewhere", "warn", "1 yêu cầu khác"),
        (evidence_checks.decision([DECISION]), "decision", "ok", ""),
        (
            evidence_checks.decision([DECISION, replace(DECISION, number="")]),
            "decision",
            "warn",
            "NVKD",
        ),
        (evidence_checks.decision([]), "decision", "unknown", ""),
        (evidence_checks.decision_amount([DECISION], 5_000_000), "decision_amount", "ok", ""),
        (evidence_checks.decision_amount([DECISION], 4_999_999), "decision_amount", "ok", ""),
        (
            evidence_checks.decision_amount([DECISION] * 2, 9_000_000),
            "decision_amount",
            "ok",
            "10.000.000",
        ),
        (
            evidence_checks.decision_amount([DECISION], 5_000_001),
            "decision_amount",
            "warn",
            "thiếu 1 đ",
        ),
        (
            evidence_checks.decision_amount([replace(DECISION, amount=None)], 1),
            "decision_amount",
            "unknown",
            "Chưa ghi",
        ),
        (
            evidence_checks.text_budget_code([SCAN, FOUND], "1234567"),
            "text_budget_code",
            "ok",
            "1234567",
        ),
        (
            evidence_checks.text_budget_code([SCAN, DIGITAL], "1"),
            "text_budget_code",
            "warn",
            "Không tìm",
        ),
        (
            evidence_checks.text_budget_code([SCAN], "1"),
            "text_budget_code",
            "unknown",
            "Không tệp nào",
        ),
        (evidence_checks.text_amount([FOUND], 5_000_000), "text_amount", "ok", "5.000.000 đ"),
        (evidence_checks.text_amount([DIGITAL], 5_000_000), "text_amount", "warn", "5.000.000 đ"),
        (evidence_checks.text_amount([], 5_000_000), "text_amount", "unknown", ""),
    ],
)
def test_a_check_compares_and_says_what_it_found(
    check: Check, code: str, outcome: str, said: str
) -> None:
    assert (check.code, check.outcome) == (code, outcome)
    assert said in check.explanation


def test_a_moved_base_is_told_then_now_and_the_new_total() -> None:
    still = replace(USERS, resource="Dung lượng")
    found = checks.base([still, replace(USERS, now=1150)])
    assert found.details == ["VPS – Người dùng: lúc gửi có 100, nay có 1.150, tổng mới là 1.200."]


def test_the_terms_of_an_approval_today_are_told() -> None:
    with_remark = replace(TERM, module="VPS", months=5, ordered=(), remark="cùng hạn")
    undated = replace(TERM, first_day=None)
    assert checks.term([TERM, with_remark, undated]).details == [
        "Kế toán: 12 tháng, 02/11/2026 – 01/11/2027",
        "VPS: 5 tháng, 02/11/2026 – 01/11/2027 (cùng hạn)",
        "Kế toán: 12 tháng",
    ]
    wrong = checks.term([TERM, replace(TERM, module="VPS", months=6, ordered={12, 24})])
    assert wrong.details[0] == "VPS: yêu cầu ghi 6 tháng, đơn hàng ghi 12, 24 tháng."


def test_what_a_decision_lacks_is_named() -> None:
    bare = Decision("qd.pdf", "", None, None)
    assert evidence_checks.decision([bare, replace(bare, number="1")]).details == [
        "qd.pdf: số, ngày",
        "qd.pdf: ngày",
    ]
    assert evidence_checks.decision([DECISION]).details == ["Số 128/QĐ-UBND ngày 02/11/2026"]


def test_a_summary_is_one_whole_sentence() -> None:
    assert checks.budget_code("1", "1").summary == "Yêu cầu và khách hàng cùng có mã 1."
    twice = checks.duplicate("iGOV", [OTHER, OTHER]).summary
    assert twice.endswith(" iGOV: YC-2026-000007; YC-2026-000007")
    bare = Decision("qd.pdf", "", DAY, None)
    assert evidence_checks.decision([bare]).summary == "NVKD chưa ghi: qd.pdf: số"


def test_each_file_has_its_own_result() -> None:
    files = [
        FOUND,
        SCAN,
        DIGITAL,
        replace(DIGITAL, is_cut=True),
        replace(SCAN, is_readable=False),
        replace(SCAN, is_readable=None),
    ]
    assert evidence_checks.text_budget_code(files, "1234567").details == [
        "đủ.pdf: tìm thấy, trang 1, 3",
        "quét.pdf: không có lớp chữ",
        "số.pdf: không tìm thấy",
        "số.pdf: không tìm thấy trong phần đã đọc",
        "quét.pdf: không đọc được",
        "quét.pdf: chưa đọc",
    ]


def test_only_a_warning_blocks_and_only_where_the_setting_names_it() -> None:
    found = [
        checks.budget_code("1", "2"),
        checks.amount(1, 2),
        evidence_checks.text_amount([SCAN], 5),
        checks.base([USERS]),
    ]
    outcomes = [
        check.outcome for check in checks.blocking(found, {"budget_code", "text_amount", "base"})
    ]
    assert outcomes == [Outcome.BLOCKED, Outcome.WARN, Outcome.UNKNOWN, Outcome.OK]
