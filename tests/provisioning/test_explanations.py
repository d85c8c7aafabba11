"""The sentences that explain quantities and kinds, in the language of the screens."""

from __future__ import annotations

import datetime

import pytest
from django.utils import translation

from capphep.provisioning.explanations import (
    kind_reason,
    lapsed_remark,
    not_ordered_reason,
    quantity_sum,
)
from capphep.provisioning.states import RequestKind


@pytest.mark.parametrize(
    ("base", "request_no", "added", "sentence"),
    [
        (100, "YC-2026-000012", 50, "100 đã có (YC-2026-000012) + 50 mua thêm = 150"),
        (0, "YC-2026-000012", 50, "0 đã có (YC-2026-000012) + 50 mua thêm = 50"),
        (1000, "YC-2026-000012", 1500, "1.000 đã có (YC-2026-000012) + 1.500 mua thêm = 2.500"),
        (0, "", 20, "Chưa có + 20 mua mới = 20"),
        (150, "", 20, "150 tính cả dòng trên + 20 mua thêm = 170"),
    ],
)
def test_a_quantity_says_where_it_comes_from(
    base: int, request_no: str, added: int, sentence: str
) -> None:
    assert quantity_sum(base=base, base_request_no=request_no, added=added) == sentence


@pytest.mark.parametrize(
    ("kind", "base", "request_no", "sentence"),
    [
        (RequestKind.TRIAL, 0, "", "100 dùng thử"),
        (RequestKind.TRIAL, 0, "YC-2026-000012", "100 dùng thử"),
        (RequestKind.NEW, 0, "", "Chưa có + 100 mua mới = 100"),
        (
            RequestKind.RENEWAL,
            0,
            "YC-2026-000012",
            "0 còn hiệu lực từ 01/07/2027 + 100 gia hạn = 100",
        ),
        (RequestKind.RENEWAL, 100, "", "100 tính cả dòng trên + 100 gia hạn = 200"),
    ],
)
def test_each_kind_of_request_explains_its_quantities(
    kind: RequestKind, base: int, request_no: str, sentence: str
) -> None:
    said = quantity_sum(
        base=base,
        base_request_no=request_no,
        added=100,
        kind=kind,
        first_day=datetime.date(2027, 7, 1),
    )
    assert said == sentence


def test_a_quantity_explains_itself_in_english_too() -> None:
    with translation.override("en"):
        said = quantity_sum(base=100, base_request_no="YC-2026-000012", added=50)
    assert said == "100 already held (YC-2026-000012) + 50 bought = 150"


def test_what_lapsed_since_the_latest_request_is_said() -> None:
    remark = lapsed_remark(base=100, base_request_no="YC-2026-000012", lapsed=20)
    assert remark == "Sau YC-2026-000012 là 120; từ đó 20 đã hết hạn hoặc bị thu hồi."


def test_a_renewal_begins_after_what_lapses_and_says_nothing_of_it() -> None:
    facts = {"base": 0, "base_request_no": "YC-2026-000012", "lapsed": 100}
    assert lapsed_remark(**facts, kind=RequestKind.RENEWAL) == ""


def test_nothing_is_said_where_nothing_lapsed() -> None:
    assert lapsed_remark(base=100, base_request_no="YC-2026-000012", lapsed=0) == ""


def test_the_kind_gives_its_reason() -> None:
    assert "chỉ gồm gói mua thêm" in kind_reason(RequestKind.ADD_ON, "iGOV")
    assert "chưa có thuê bao iGOV" in kind_reason(RequestKind.NEW, "iGOV")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_gives_a_reason_of_its_own(language: str) -> None:
    with translation.override(language):
        reasons = {kind_reason(kind, "iGOV") for kind in RequestKind}
    assert len(reasons) == len(RequestKind)
    assert all("iGOV" in reason for reason in reasons)


def test_a_module_that_cannot_be_ticked_says_why() -> None:
    assert not_ordered_reason("Tài sản") == "Đơn hàng không có gói Tài sản."
    said = not_ordered_reason("Tài sản", RequestKind.TRIAL)
    assert said == "Định mức dùng thử không có Tài sản."
