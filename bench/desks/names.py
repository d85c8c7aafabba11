"""Units of the Vietnamese public sector, invented but named as real ones are.

Always the same: the unit of a number has the same name in every run. Common words are as
common as in life (every second commune begins with Tân, An, Phú …), rare ones as rare.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final, NamedTuple

EDUCATION: Final = "education"
COMMUNE: Final = "commune"
COMMUNE_LEVEL: Final = 4
FIRST: Final = (
    *("Tân", "An", "Phú", "Bình", "Long", "Hòa", "Thạnh", "Vĩnh", "Đông", "Mỹ", "Thanh", "Yên"),
    *("Xuân", "Nam", "Quang", "Đại", "Hưng", "Minh", "Hải", "Thái", "Sơn", "Lộc", "Diễn", "Quỳnh"),
    *("Nghĩa", "Kim", "Ngọc", "Trung", "Tiên", "Cẩm", "Đức", "Hồng", "Liên", "Mường", "Nậm", "Ea"),
)
SECOND: Final = (
    *("Hòa", "Phú", "Lợi", "Thành", "An", "Bình", "Thạnh", "Hưng", "Long", "Sơn", "Giang", "Lộc"),
    *("Phong", "Tiến", "Lâm", "Thịnh", "Đông", "Trung", "Mỹ", "Khánh", "Điền", "Xuyên", "Châu"),
    *("Phước", "Hải", "Ninh", "Quới", "Trạch", "Tường", "Vang", "Thượng", "Hạ", "Đường", "Kiên"),
)
PEOPLE: Final = (
    *("Nguyễn Trãi", "Lê Lợi", "Trần Phú", "Kim Đồng", "Võ Thị Sáu", "Lý Tự Trọng", "Quang Trung"),
    *("Phan Bội Châu", "Chu Văn An", "Nguyễn Du", "Hai Bà Trưng", "Đinh Tiên Hoàng"),
)
KINDS: Final = (
    # how many of a hundred, the name's beginning, the kind
    (34, "Trường Tiểu học", EDUCATION),
    (24, "Trường Mầm non", EDUCATION),
    (16, "Trường THCS", EDUCATION),
    (10, "Trạm Y tế xã", "other"),
    (8, "UBND xã", "committee"),
    (4, "UBND phường", "committee"),
    (2, "Phòng Kinh tế xã", "department"),
    (2, "Phòng Văn hóa - Xã hội xã", "department"),
)
RARE: Final = "Kơ Nia Đăk Pxi"
"""The place of exactly one unit."""


class Unit(NamedTuple):
    """``province`` and ``commune`` as the customer's form has them."""

    name: str
    kind: str
    org_type: str
    level: int
    province: str
    commune: str


def units(count: int, provinces: tuple[str, ...]) -> Iterator[Unit]:
    """The first so many; the one in the middle is the rare one."""
    chance = random.Random(20261125)
    weights = [weight for weight, _, _ in KINDS]
    first_weights = [len(FIRST) - place for place in range(len(FIRST))]
    for number in range(count):
        [(_, beginning, kind)] = chance.choices(KINDS, weights)
        [first] = chance.choices(FIRST, first_weights)
        place = f"{first} {chance.choice(SECOND)}"
        if number == count // 2:
            place = RARE
        yield Unit(
            _name(chance, beginning, place, kind),
            kind,
            COMMUNE,
            COMMUNE_LEVEL,
            chance.choice(provinces),
            f"Xã {place}",
        )


def _name(chance: random.Random, beginning: str, place: str, kind: str) -> str:
    """Schools bear a person's name besides now and then, or a number."""
    if kind != EDUCATION or place == RARE:
        return f"{beginning} {place}"
    lot = chance.random()
    if lot < 0.2:
        return f"{beginning} {chance.choice(PEOPLE)} xã {place}"
    return f"{beginning} {place} {chance.randint(1, 9)}" if lot < 0.5 else f"{beginning} {place}"
