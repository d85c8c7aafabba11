"""The certificate as a PDF: what it says, literally, the same bytes for the same licence."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from capphep.catalog.models import Product
from capphep.crm.models import Customer, Order
from capphep.entitlements.models import Licence, LicenceCause, Subscription
from capphep.entitlements.queries import CertifiedLine
from capphep.ims.certificates import TEMPLATE, Certified, certificate, file_name
from capphep.platform.qr import qr_code
from capphep.platform.typeset import Paper
from capphep.pure.folding import clean
from capphep.pure.months import Term

pytestmark = pytest.mark.once

ISSUED = datetime.datetime(2026, 1, 4, 17, 30, 12, 345, tzinfo=datetime.UTC)
"""Half an hour after midnight of 5 January in Hanoi."""
YEAR = Term(datetime.date(2026, 1, 5), datetime.date(2027, 1, 4))
LETTERS = "ạảãâấầậẩẫăắằặẳẵđẹẻẽêếềệểễịỉĩọỏõôốồộổỗơớờợởỡụủũưứừựửữỳỵỷỹ"


def line(quantity: int = 50, **fields: Any) -> CertifiedLine:
    values: dict[str, Any] = {
        "module": "Văn phòng số",
        "resource": "Người dùng",
        "unit": "người",
        "term": YEAR,
        "is_trial": False,
        "request_no": "YC-2026-000246",
    }
    return CertifiedLine(quantity=quantity, **(values | fields))


def certified(
    customer: str = "Ủy ban nhân dân xã Đông Hải",
    lines: Sequence[CertifiedLine] = (line(),),
    *,
    cause: str = LicenceCause.APPROVAL,
    order: Order | None = None,
    earlier: Licence | None = None,
    parent: str = "",
) -> Certified:
    unit = Customer(budget_code="1234567", name=customer)
    if parent:
        unit.parent = Customer(budget_code="7654321", name=parent)
    licence = Licence(
        licence_no="GP-2026-000012",
        subscription=Subscription(customer=unit, product=Product(name="iGOV")),
        version=3,
        request_no="YC-2026-000246",
        cause=cause,
        issued_at=ISSUED,
        content={},
        public_code="7KQM2F9T10HAWJ0D",
    )
    return Certified(licence, lines, order, earlier, "https://licence.example.vn/gp/")


def text_of(paper: Paper) -> str:
    pages = PdfReader(io.BytesIO(paper.pdf())).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


@override_settings(VENDOR_NAME="Công ty Cổ phần Phần mềm Sao Việt")
def test_it_says_whose_right_it_is_to_what_and_until_when() -> None:
    order = Order(order_no="DH-2026-000007", contract_no="HĐ 45/2026")
    earlier = Licence(licence_no="GP-2025-000099", version=2)
    whole = certified(order=order, earlier=earlier, parent="Ủy ban nhân dân tỉnh Thanh Hóa")
    text = text_of(certificate(whole, "vi"))
    for said in (
        "Công ty Cổ phần Phần mềm Sao Việt",
        "GIẤY PHÉP SỬ DỤNG",
        "Số GP-2026-000012",
        "Cấp cho Ủy ban nhân dân xã Đông Hải",
        "Mã ngân sách 1234567",
        "Đơn vị chủ quản Ủy ban nhân dân tỉnh Thanh Hóa",
        "Sản phẩm iGOV",
        "Căn cứ Phê duyệt YC-2026-000246",
        "Số đơn hàng DH-2026-000007",
        "Số hợp đồng HĐ 45/2026",
        "Phiên bản 3, thay thế GP-2025-000099 (phiên bản 2)",
        "Nghiệp vụ Tài nguyên Số lượng Từ ngày Đến ngày Theo yêu cầu",
        "Văn phòng số Người dùng 50 người 05/01/2026 04/01/2027 YC-2026-000246",
        "Ngày 05 tháng 01 năm 2026",
        "https://licence.example.vn/gp/",
        "7KQM-2F9T-10HA-WJ0D",
        "Nội dung trên trang đó là căn cứ.",
        "Trang 1/1",
    ):
        assert said in text, said


def test_in_english_it_says_the_same() -> None:
    text = text_of(certificate(certified(cause=LicenceCause.WITHDRAWAL), "en"))
    for said in (
        "CERTIFICATE OF LICENCE",
        "Granted to Ủy ban nhân dân xã Đông Hải",
        "Ground Withdrawal YC-2026-000246",
        "Issued on 05 January 2026",
        "Page 1 of 1",
    ):
        assert said in text, said


def test_several_additions_are_summed_as_they_stood_on_the_day_of_issue() -> None:
    later = Term(datetime.date(2026, 6, 1), datetime.date(2027, 5, 31))
    lines = [
        line(1, module="Kế toán", resource="Bộ sổ", unit="bộ sổ"),
        line(1000),
        line(250, request_no="YC-2026-000300", is_trial=True),
        line(77, term=later),
    ]
    text = text_of(certificate(certified(lines=lines), "vi"))
    assert "Văn phòng số Người dùng 1.250 người Cộng ngày 05/01/2026" in text
    assert "Văn phòng số (dùng thử) Người dùng 250 người" in text
    assert "77 người 01/06/2026 31/05/2027" in text
    assert text.count("Cộng ngày") == 1


def test_where_nothing_is_left_it_says_so() -> None:
    text = text_of(certificate(certified(lines=[], cause=LicenceCause.WITHDRAWAL), "vi"))
    assert "Không còn gì đang có hiệu lực." in text and "Thu hồi YC-2026-000246" in text


def test_what_was_in_force_before_has_no_request_to_name() -> None:
    opening = certified(cause=LicenceCause.OPENING)
    opening.licence.request_no = ""
    assert "Căn cứ Có từ trước khi dùng capphep Phiên bản" in text_of(certificate(opening, "vi"))


def test_many_modules_go_over_pages_with_head_and_page_number() -> None:
    lines = [line(number, module=f"Nghiệp vụ {number}") for number in range(1, 91)]
    pages = PdfReader(io.BytesIO(certificate(certified(lines=lines), "vi").pdf())).pages
    texts = [" ".join(page.extract_text().split()) for page in pages]
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert f"GP-2026-000012 Trang {number}/{len(texts)}" in text
        assert "Nghiệp vụ Tài nguyên Số lượng" in text
    assert "Nghiệp vụ 90 " in texts[-1] and "7KQM-2F9T" in texts[-1]


def test_every_vietnamese_letter_is_there_upright_and_bold() -> None:
    every = f"{LETTERS} {LETTERS.upper()}"
    paper = certificate(certified(every, [line(module=every)]), "vi")
    shown = text_of(paper).replace(" ", "").replace("\u200b", "")
    for letter in every.replace(" ", ""):
        assert shown.count(letter) >= 2, letter
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for font in PdfReader(io.BytesIO(paper.pdf())).pages[0]["/Resources"]["/Font"].values()
    }
    assert all(name.startswith("LibertinusSerif") for name in fonts), fonts


HOSTILE = [
    '#include "/etc/passwd"',
    "$x^2$ *đậm* _nghiêng_ `mã` @nhan <nhan> \\ \\u{41} // /* ~ --- = H",
    '#sys.inputs "; panic("x") #{ }',
    "https://example.vn/ ... '\"“”'",
    "{page} {pages} %s %(day)s {{ x }}",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_looks_like_a_command_is_shown_as_it_is(name: str) -> None:
    hostile = certified(name, [line(module=name, resource=name, request_no=name)], parent=name)
    order = Order(order_no=name, contract_no=name)
    with override_settings(VENDOR_NAME=name):
        whole = Certified(hostile.licence, hostile.lines, order, None, hostile.public_base)
        shown = text_of(certificate(whole, "vi")).replace("\u200b", "").replace(" ", "")
    # Vendor twice, customer, parent, order, contract, module, resource, request.
    assert shown.count(name.replace(" ", "")) >= 9


def test_a_name_without_a_space_stays_on_the_page() -> None:
    whole = certified("x" * 250, [line(module="y" * 100, resource="z" * 100)])
    texts = PdfReader(io.BytesIO(certificate(whole, "vi").pdf())).pages[0].extract_text()
    assert max(len(each) for each in texts.splitlines()) < 130
    assert texts.replace("\u200b", "").count("x") >= 250


def test_letters_that_run_from_right_to_left_leave_the_rest_as_it_is() -> None:
    text = text_of(certificate(certified("שלום عربى 漢字 😀 abc"), "vi"))
    assert "Mã ngân sách 1234567" in text and "abc" in text


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=250), st.text(max_size=100), st.integers(0, 2**31))
def test_every_text_makes_a_certificate(name: str, module: str, quantity: int) -> None:
    """What is stored is clean; what is not, harms no certificate either."""
    for each in (name, clean(name)):
        paper = certificate(certified(each, [line(quantity, module=module)]), "vi")
        assert paper.pdf().startswith(b"%PDF-")


def test_the_same_licence_gives_the_same_bytes_dated_by_its_issue() -> None:
    first, second = (certificate(certified(), "vi") for _ in range(2))
    assert first.pdf() == second.pdf() and first.etag == second.etag
    assert PdfReader(io.BytesIO(first.pdf())).metadata["/CreationDate"] == "D:20260104173012Z"
    others = [certificate(certified(), "en"), certificate(certified("Đơn vị khác"), "vi")]
    assert len({paper.etag for paper in [first, *others]}) == 3
    assert len({paper.pdf() for paper in [first, *others]}) == 3


def test_threads_take_turns() -> None:
    papers = [certificate(certified(f"Đơn vị {number % 4}"), "vi") for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(Paper.pdf, papers))
    assert len(set(made)) == 4 and made[:4] == made[4:8] == made[8:]


def test_the_printed_code_is_the_one_of_the_public_address() -> None:
    """Read off the picture of the page, a sample in the middle of each of its squares."""
    paper = certificate(certified(), "vi")
    (page,) = paper.png(ppi=254)
    picture = Image.open(io.BytesIO(page)).convert("L")
    matrix = qr_code("https://licence.example.vn/gp/7KQM2F9T10HAWJ0D").matrix
    assert paper.values["qr"].count("<path") == 1
    # It stands at the foot of the page: 24 mm from the left, 26 mm from below, 30 mm wide.
    left, top, side = 240, 2970 - 260 - 300, 300 / len(matrix)
    read = tuple(
        bytearray(
            picture.getpixel((int(left + (x + 0.5) * side), int(top + (y + 0.5) * side))) < 128
            for x in range(len(matrix))
        )
        for y in range(len(matrix))
    )
    assert read == matrix


def test_a_file_has_a_name_that_every_program_keeps() -> None:
    licence = certified().licence
    assert file_name(licence, "vi") == "giay-phep-GP-2026-000012.pdf"
    assert file_name(licence, "en") == "licence-GP-2026-000012.pdf"
    assert TEMPLATE.is_file()
