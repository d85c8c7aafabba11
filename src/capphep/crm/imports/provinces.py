"""The 34 provinces and cities since 1/7/2025, and the ways in which exports write them."""

from __future__ import annotations

import re
from functools import lru_cache

from capphep.pure.folding import clean, fold

CITIES = ("Hà Nội", "Hải Phòng", "Huế", "Đà Nẵng", "Cần Thơ", "Hồ Chí Minh")
PROVINCES = (
    *("An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Đắk Lắk", "Điện Biên", "Đồng Nai"),
    *("Đồng Tháp", "Gia Lai", "Hà Tĩnh", "Hưng Yên", "Khánh Hòa", "Lai Châu", "Lạng Sơn"),
    *("Lào Cai", "Lâm Đồng", "Nghệ An", "Ninh Bình", "Phú Thọ", "Quảng Ngãi", "Quảng Ninh"),
    *("Quảng Trị", "Sơn La", "Tây Ninh", "Thái Nguyên", "Thanh Hóa", "Tuyên Quang", "Vĩnh Long"),
)
_PREFIX = re.compile(r"^(?:thanh pho|tinh|t\.? ?p\.?)[ .]*(?=\w)")
_SHORT = {"hcm": "ho chi minh"}
_OFFICIAL = {fold(name): f"Thành phố {name}" for name in CITIES} | {
    fold(name): name for name in PROVINCES
}


@lru_cache(maxsize=1000)
def official_name(written: str) -> str:
    """The name as it is stored: "TP. Huế" is "Thành phố Huế", "Tỉnh Cà Mau" is "Cà Mau".

    A name that is none of the 34 (an older one, a slip) stays as it was written.
    """
    bare = _PREFIX.sub("", fold(written))
    return _OFFICIAL.get(_SHORT.get(bare, bare), clean(written))
