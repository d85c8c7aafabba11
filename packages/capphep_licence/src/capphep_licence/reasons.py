"""Why something is allowed or not, for programs and in two languages for people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """A stable code. The first five are answers, the next three warnings, the rest refusals."""

    GRANTED = "granted"
    TRIAL = "trial"
    NOT_BEGUN = "not_begun"
    EXPIRED = "expired"
    NOT_BOUGHT = "not_bought"

    WITHIN_GRACE = "within_grace"
    STATE_NOT_KEPT = "state_not_kept"
    CLOCK_ROLLED_BACK = "clock_rolled_back"

    MALFORMED = "malformed"
    WRONG_TYPE = "wrong_type"
    WRONG_ALGORITHM = "wrong_algorithm"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_PRODUCT = "wrong_product"
    WRONG_CUSTOMER = "wrong_customer"
    SUPERSEDED = "superseded"
    FILE_EXPIRED = "file_expired"


class Refused(Exception):
    """The file cannot be used. ``reason`` is for programs, `explain` for people."""

    def __init__(self, reason: Reason, **details: object) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.details = details

    def __str__(self) -> str:
        return self.explain("en")

    def explain(self, language: str = "vi") -> str:
        return explained(self.reason, self.details, language)


def explained(reason: Reason, details: Mapping[str, object], language: str) -> str:
    """One sentence in Vietnamese (``vi``) or in English (any other language)."""
    vietnamese, english = _SENTENCES[reason]
    if language != "vi":
        return english.format(**details)
    shown = {name: _shown(value) for name, value in details.items()}
    return vietnamese.format(**shown)


def _shown(value: object) -> object:
    return f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else value


_SENTENCES: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.GRANTED: (
        "{feature}: được dùng đến hết ngày {last}{amount}.",
        "{feature}: granted until {last}{amount}.",
    ),
    Reason.TRIAL: (
        "{feature}: dùng thử đến hết ngày {last}{amount}.",
        "{feature}: on trial until {last}{amount}.",
    ),
    Reason.NOT_BEGUN: (
        "{feature}: chỉ được dùng từ ngày {first}.",
        "{feature}: begins on {first}.",
    ),
    Reason.EXPIRED: (
        "{feature}: đã hết hạn sau ngày {last}.",
        "{feature}: ended after {last}.",
    ),
    Reason.NOT_BOUGHT: (
        "{feature}: không có trong giấy phép.",
        "{feature}: not in the licence.",
    ),
    Reason.WITHIN_GRACE: (
        "Tệp giấy phép đã quá hạn gia hạn từ {expired}; còn dùng tạm được đến {grace}.",
        "The licence file should have been renewed by {expired}; it still counts until {grace}.",
    ),
    Reason.STATE_NOT_KEPT: (
        "Không lưu được trạng thái giấy phép: {error}.",
        "What was seen of the licence could not be kept: {error}.",
    ),
    Reason.CLOCK_ROLLED_BACK: (
        "Đồng hồ máy ({now}) chậm hơn thời điểm đã biết ({seen}) quá 24 giờ: hãy chỉnh lại giờ.",
        "The clock ({now}) is more than 24 hours behind a time seen before ({seen}).",
    ),
    Reason.MALFORMED: (
        "Tệp không phải là giấy phép hợp lệ: {what}.",
        "The file is no valid licence: {what}.",
    ),
    Reason.WRONG_TYPE: (
        "Tệp không phải là giấy phép, mà là {type}.",
        "The file is no licence but {type}.",
    ),
    Reason.WRONG_ALGORITHM: (
        "Thuật toán ký {algorithm} không được chấp nhận.",
        "The signature algorithm {algorithm} is not accepted.",
    ),
    Reason.UNKNOWN_KEY: (
        "Giấy phép được ký bằng khóa mà phần mềm chưa biết ({kid}): hãy cập nhật phần mềm.",
        "The licence is signed by a key that this software does not know ({kid}): update it.",
    ),
    Reason.BAD_SIGNATURE: (
        "Chữ ký không khớp: tệp đã bị sửa hoặc bị hỏng.",
        "The signature does not match: the file was changed or damaged.",
    ),
    Reason.WRONG_ISSUER: (
        "Giấy phép do {found} cấp, không phải {wanted}.",
        "The licence was issued by {found}, not by {wanted}.",
    ),
    Reason.WRONG_PRODUCT: (
        "Giấy phép dành cho sản phẩm {found}, không phải {wanted}.",
        "The licence is for the product {found}, not {wanted}.",
    ),
    Reason.WRONG_CUSTOMER: (
        "Giấy phép dành cho đơn vị {found}, không phải {wanted}.",
        "The licence is for the customer {found}, not {wanted}.",
    ),
    Reason.SUPERSEDED: (
        "Giấy phép {number} (bản {version}) đã được thay bằng bản {seen}.",
        "The licence {number} (version {version}) gave way to version {seen}.",
    ),
    Reason.FILE_EXPIRED: (
        "Tệp giấy phép đã hết hiệu lực từ {grace}: hãy tải tệp mới.",
        "The licence file ran out on {grace}: fetch a new one.",
    ),
}
