"""What each kind of paper is made of: its texts with their defaults, its columns, what it fills in.

What is printed is Vietnamese, whatever language the reader's screen speaks; so these words stand
here as they are. Labels of the screen that edits them are texts of the catalogues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext_lazy as _

from capphep.paper.kinds import PaperKind
from capphep.platform.kit import Text

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class TextField:
    """One text that an administrator edits; ``is_long`` for several lines."""

    name: str
    label: Text
    default: str
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """``is_fixed``: the paper says nothing without it. ``is_off``: left out unless chosen."""

    key: str
    label: str
    align: Align = "left"
    is_wide: bool = False
    is_fixed: bool = False
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, by the name of the text above the signature; a unit puts its stamp on it."""

    text: str
    is_unit: bool = True

    @property
    def hint(self) -> str:
        return "(Ký, ghi rõ họ tên, đóng dấu)" if self.is_unit else "(Ký, ghi rõ họ tên)"


@dataclass(frozen=True, slots=True)
class Layout:
    """The texts named ``customer_heading`` and ``vendor_heading`` stand above the parties."""

    kind: PaperKind
    texts: Sequence[TextField]
    columns: Sequence[PaperColumn]
    placeholders: Sequence[str]
    signers: Sequence[Signer]
    words_label: str = "Bằng chữ"

    def default_of(self, name: str) -> str:
        return next(each.default for each in self.texts if each.name == name)

    @property
    def default_columns(self) -> list[str]:
        return [each.key for each in self.columns if not each.is_off]


COMMON: Final = (
    "customer",
    "budget_code",
    "product",
    "order_no",
    "contract_no",
    "vendor",
    "representative",
    "day",
    "month",
    "year",
    "copies",
)
_TITLE, _SUBTITLE = _("Title"), _("Below the title")
_BASIS, _INTRO = _("Grounds, in italics"), _("Introduction")
_BEFORE_TABLE = _("Above the table")
_TERMS, _CLOSING, _FOOTER = _("Terms"), _("Closing"), _("Foot of the page")
_FIRST, _SECOND = _("Heading of the vendor"), _("Heading of the customer")
_SIGN_LEFT, _SIGN_MIDDLE = _("Signature on the left"), _("Signature in the middle")
_SIGN_RIGHT = _("Signature on the right")


def _text(name: str, label: Text, *lines: str, is_long: bool = False) -> TextField:
    return TextField(name, label, "\n".join(lines), is_long or len(lines) > 1)


ORDER: Final = Layout(
    kind=PaperKind.ORDER,
    texts=(
        _text("title", _TITLE, "ĐƠN ĐẶT HÀNG"),
        _text("subtitle", _SUBTITLE, "(Kiêm hợp đồng số {contract_no})"),
        _text(
            "basis",
            _BASIS,
            "Căn cứ nhu cầu sử dụng phần mềm {product} của {customer};",
            "Căn cứ khả năng cung cấp của {vendor};",
        ),
        _text(
            "intro",
            _INTRO,
            "Hôm nay, ngày {day} tháng {month} năm {year}, hai bên thống nhất đơn hàng gồm các "
            "nội dung sau đây.",
            is_long=True,
        ),
        _text("customer_heading", _SECOND, "BÊN MUA (BÊN A)"),
        _text("vendor_heading", _FIRST, "BÊN BÁN (BÊN B)"),
        _text("before_table", _BEFORE_TABLE, "Hàng hóa, dịch vụ và giá trị:"),
        _text(
            "terms",
            _TERMS,
            "**Điều 1.** Bên B cấp quyền sử dụng trong thời hạn ghi của từng gói, kể từ ngày yêu "
            "cầu cấp giấy phép được duyệt.",
            "**Điều 2.** Bên A thanh toán bằng chuyển khoản, sau khi nhận được giấy phép sử dụng "
            "và hóa đơn của Bên B.",
            "**Điều 3.** Đơn hàng này được lập thành {copies} bản có giá trị như nhau, mỗi bên "
            "giữ một phần.",
        ),
        _text("closing", _CLOSING, "", is_long=True),
        _text("sign_left", _SIGN_LEFT, "ĐẠI DIỆN BÊN A"),
        _text("sign_right", _SIGN_RIGHT, "ĐẠI DIỆN BÊN B"),
        _text("footer", _FOOTER, "Đơn hàng {order_no} · {customer}"),
    ),
    columns=(
        PaperColumn("position", "STT", "center", is_fixed=True),
        PaperColumn("sku", "Mã hàng"),
        PaperColumn("name", "Tên hàng hóa, dịch vụ", is_wide=True, is_fixed=True),
        PaperColumn("quantity", "Số lượng", "right", is_fixed=True),
        PaperColumn("unit_price", "Đơn giá (đ)", "right"),
        PaperColumn("discount", "CK (%)", "right"),
        PaperColumn("tax_rate", "Thuế suất", "center"),
        PaperColumn("amount", "Thành tiền (đ)", "right", is_fixed=True),
    ),
    placeholders=(*COMMON, "amount", "amount_in_words", "salesperson"),
    signers=(Signer("sign_left"), Signer("sign_right")),
)
REQUEST: Final = Layout(
    kind=PaperKind.REQUEST,
    texts=(
        _text("title", _TITLE, "YÊU CẦU CẤP GPSD/THUÊ BAO"),
        _text("subtitle", _SUBTITLE, "({request_kind} – {product})"),
        _text("basis", _BASIS, "", is_long=True),
        _text(
            "intro",
            _INTRO,
            "Đề nghị cấp giấy phép sử dụng, thuê bao phần mềm {product} cho {customer} theo các "
            "nội dung sau đây.",
            is_long=True,
        ),
        _text("customer_heading", _SECOND, "1. Đơn vị sử dụng"),
        _text("before_table", _BEFORE_TABLE, "Nghiệp vụ và tài nguyên đề nghị cấp:"),
        _text("terms", _TERMS, "", is_long=True),
        _text(
            "closing",
            _CLOSING,
            "Người đề nghị chịu trách nhiệm về tính chính xác của thông tin và tài liệu kèm theo.",
            is_long=True,
        ),
        _text("sign_left", _SIGN_LEFT, "NGƯỜI ĐỀ NGHỊ"),
        _text("sign_middle", _SIGN_MIDDLE, "NGƯỜI PHÊ DUYỆT"),
        _text("sign_right", _SIGN_RIGHT, "ĐƠN VỊ SỬ DỤNG"),
        _text("footer", _FOOTER, "Yêu cầu {request_no} · {customer}"),
    ),
    columns=(
        PaperColumn("position", "STT", "center", is_fixed=True),
        PaperColumn("module", "Nghiệp vụ", is_wide=True, is_fixed=True),
        PaperColumn("resource", "Tài nguyên", is_fixed=True),
        PaperColumn("base", "Đã có", "right"),
        PaperColumn("added", "Cấp thêm", "right", is_fixed=True),
        PaperColumn("total", "Tổng số", "right"),
        PaperColumn("months", "Số tháng", "right"),
        PaperColumn("term", "Thời hạn", "center"),
    ),
    placeholders=(*COMMON, "request_no", "request_kind", "amount", "amount_in_words"),
    signers=(
        Signer("sign_left", is_unit=False),
        Signer("sign_middle", is_unit=False),
        Signer("sign_right"),
    ),
)
HANDOVER: Final = Layout(
    kind=PaperKind.HANDOVER,
    texts=(
        _text("title", _TITLE, "BIÊN BẢN BÀN GIAO"),
        _text("subtitle", _SUBTITLE, "(Quyền sử dụng phần mềm {product})"),
        _text(
            "basis",
            _BASIS,
            "Căn cứ hợp đồng số {contract_no}, đơn hàng số {order_no};",
            "Căn cứ giấy phép sử dụng số {licence_no}.",
        ),
        _text(
            "intro",
            _INTRO,
            "Hôm nay, ngày {day} tháng {month} năm {year}, chúng tôi gồm có:",
            is_long=True,
        ),
        _text("vendor_heading", _FIRST, "BÊN GIAO (BÊN A)"),
        _text("customer_heading", _SECOND, "BÊN NHẬN (BÊN B)"),
        _text("before_table", _BEFORE_TABLE, "Bên A đã bàn giao cho Bên B quyền sử dụng sau đây:"),
        _text(
            "terms",
            _TERMS,
            "Bên B xác nhận:",
            "- Đã nhận đủ quyền sử dụng, tài nguyên và thời hạn ghi ở trên.",
            "- Đã nhận tài khoản quản trị, được hướng dẫn và sử dụng được phần mềm.",
        ),
        _text(
            "closing",
            _CLOSING,
            "Biên bản này được lập thành {copies} bản có giá trị như nhau, hai bên cùng ký và mỗi "
            "bên giữ một phần.",
            is_long=True,
        ),
        _text("sign_left", _SIGN_LEFT, "ĐẠI DIỆN BÊN GIAO"),
        _text("sign_right", _SIGN_RIGHT, "ĐẠI DIỆN BÊN NHẬN"),
        _text("footer", _FOOTER, "Biên bản bàn giao · {customer}"),
    ),
    columns=(
        PaperColumn("position", "STT", "center", is_fixed=True),
        PaperColumn("module", "Nghiệp vụ", is_wide=True, is_fixed=True),
        PaperColumn("resource", "Tài nguyên", is_fixed=True),
        PaperColumn("quantity", "Số lượng", "right", is_fixed=True),
        PaperColumn("months", "Số tháng", "right", is_off=True),
        PaperColumn("first_day", "Từ ngày", "center", is_fixed=True),
        PaperColumn("last_day", "Đến ngày", "center", is_fixed=True),
        PaperColumn("request_no", "Theo yêu cầu", "center"),
    ),
    placeholders=(*COMMON, "request_no", "licence_no"),
    signers=(Signer("sign_left"), Signer("sign_right")),
)
LAYOUTS: Final = {layout.kind: layout for layout in (ORDER, REQUEST, HANDOVER)}
