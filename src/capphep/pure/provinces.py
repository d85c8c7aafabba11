"""Which of the 63 provinces went into which of the 34 on 1/7/2025."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from capphep.pure.folding import fold

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

_PREFIXES: Final = ("thanh pho ", "tinh ", "tp. ", "tp.", "tp ")
_TODAY: Final = {fold(old): new for new, olds in MERGED.items() for old in olds}
_BEFORE: Final = {fold(new): olds for new, olds in MERGED.items()}


def other_names(province: str) -> tuple[str, ...]:
    """The names by which people still, or already, look for a province; none that is unknown.

    Of one of today the older ones, of an older one that of today: "Thành phố Cần Thơ" is
    looked for by Sóc Trăng and Hậu Giang, "Vĩnh Phúc" by Phú Thọ.
    """
    name = fold(province)
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    today = _TODAY.get(name)
    return (today,) if today else _BEFORE.get(name, ())
