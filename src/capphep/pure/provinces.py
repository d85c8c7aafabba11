"""The 34 provinces and cities since 1/7/2025, and which of the 63 before went into which."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from capphep.pure.cells import shown
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean, words_of

PROVINCES: Final = (
    *("An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Thành phố Cần Thơ", "Thành phố Đà Nẵng"),
    *("Đắk Lắk", "Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai", "Thành phố Hà Nội", "Hà Tĩnh"),
    *("Thành phố Hải Phòng", "Thành phố Hồ Chí Minh", "Thành phố Huế", "Hưng Yên", "Khánh Hòa"),
    *("Lai Châu", "Lạng Sơn", "Lào Cai", "Lâm Đồng", "Nghệ An", "Ninh Bình", "Phú Thọ"),
    *("Quảng Ngãi", "Quảng Ninh", "Quảng Trị", "Sơn La", "Tây Ninh", "Thái Nguyên", "Thanh Hóa"),
    *("Tuyên Quang", "Vĩnh Long"),
)
"""The 34 as they are stored, in Vietnamese order of their names."""
MERGED: Final[Mapping[str, tuple[str, ...]]] = {
    "An Giang": ("Kiên Giang",),
    "Bắc Ninh": ("Bắc Giang",),
    "Cà Mau": ("Bạc Liêu",),
    "Cần Thơ": ("Sóc Trăng", "Hậu Giang"),
    "Đà Nẵng": ("Quảng Nam",),
    "Đắk Lắk": ("Phú Yên",),
    "Đồng Nai": ("Bình Phước",),
    "Đồng Tháp": ("Tiền Giang",),
    "Gia Lai": ("Bình Định",),
    "Hải Phòng": ("Hải Dương",),
    "Hồ Chí Minh": ("Bà Rịa - Vũng Tàu", "Bình Dương"),
    "Huế": ("Thừa Thiên Huế",),
    "Hưng Yên": ("Thái Bình",),
    "Khánh Hòa": ("Ninh Thuận",),
    "Lào Cai": ("Yên Bái",),
    "Lâm Đồng": ("Đắk Nông", "Bình Thuận"),
    "Ninh Bình": ("Hà Nam", "Nam Định"),
    "Phú Thọ": ("Vĩnh Phúc", "Hòa Bình"),
    "Quảng Ngãi": ("Kon Tum",),
    "Quảng Trị": ("Quảng Bình",),
    "Tây Ninh": ("Long An",),
    "Thái Nguyên": ("Bắc Kạn",),
    "Tuyên Quang": ("Hà Giang",),
    "Vĩnh Long": ("Bến Tre", "Trà Vinh"),
}
"""The province of today: those that went into it. Hà Nội and nine others stayed as they were;
Thừa Thiên Huế had changed its name half a year before."""

_WORDS_BEFORE: Final = re.compile(r"^(?:thanh pho|tinh|t ?p) ?(?=\w)")


def bare_name(written: str) -> str:
    """The name as it is compared: accents, capitals, "Tỉnh" or "TP." before it do not count."""
    return _WORDS_BEFORE.sub("", " ".join(words_of(written)))


_OLD: Final = {bare_name(old): old for olds in MERGED.values() for old in olds}
_KNOWN: Final = {
    **_OLD,
    **{bare_name(name): name for name in PROVINCES},
    "hcm": "Thành phố Hồ Chí Minh",
}
_TODAY: Final = {bare_name(old): new for new, olds in MERGED.items() for old in olds}
_BEFORE: Final = {bare_name(new): olds for new, olds in MERGED.items()}


def province(written: str) -> str:
    """RULE R11: the name as it is stored, for "TP. Huế" "Thành phố Huế"; nothing for nothing.

    One of the 63 before 1/7/2025 stays what it was: what it went into is for `other_names`.

    Raises Invalid: province_unknown, with the name that is near where there is one.
    """
    text = clean(written)
    if not text:
        return ""
    found, near = _found(text)
    if found:
        return found
    message = gettext_noop("“%(value)s” is not a province or city.")
    if near:
        message = gettext_noop("“%(value)s” is not a province or city; is it “%(near)s”?")
    params = {"value": shown(text), "near": near}
    raise Invalid("province_unknown", message, rule="R11", field="province", params=params)


@lru_cache(maxsize=1000)
def _found(text: str) -> tuple[str, str]:
    """The stored name, or else one that is near."""
    name = bare_name(text)
    if name in _KNOWN:
        return _KNOWN[name], ""
    near = difflib.get_close_matches(name, _KNOWN, n=1, cutoff=0.7)
    return "", _KNOWN[near[0]] if near else ""


def other_names(written: str) -> tuple[str, ...]:
    """The names by which people still, or already, look for a province; none that is unknown.

    Of one of today the older ones, of an older one that of today: "Thành phố Cần Thơ" is
    looked for by Sóc Trăng and Hậu Giang, "Vĩnh Phúc" by Phú Thọ.
    """
    name = bare_name(written)
    today = _TODAY.get(name)
    return (today,) if today else _BEFORE.get(name, ())
