"""Amounts spelled out in Vietnamese (Bằng chữ), as contracts and invoices need them."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
_BILLION = 1_000_000_000


def amount_in_words(amount: int) -> str:
    """Return the amount of whole đồng in words: 1000005 is "Một triệu không trăm lẻ năm đồng".

    A group of three digits that follows a higher one names its hundreds even when they are
    zero ("không trăm"); a group of zeros is left out. From a thousand million on, what
    stands before the last "tỷ" counts thousand millions: 10^18 is "Một tỷ tỷ đồng".

    Raises ValueError for a negative amount, which no document of an order bears.
    """
    if amount < 0:
        raise ValueError(f"no words for a negative amount: {amount}")
    words = " ".join(_number(amount)) if amount else _DIGITS[0]
    return f"{words[0].upper()}{words[1:]} đồng"


def _number(number: int) -> list[str]:
    """Return the words of a positive number."""
    billions, rest = divmod(number, _BILLION)
    if not billions:
        return _below_billion(rest, follows=False)
    return [*_number(billions), "tỷ", *_below_billion(rest, follows=True)]


def _below_billion(number: int, *, follows: bool) -> list[str]:
    """Return the words of 0 to 999 999 999; ``follows`` when a higher group was named."""
    words: list[str] = []
    for size, name in ((1_000_000, "triệu"), (1_000, "nghìn"), (1, "")):
        group = number // size % 1_000
        if group:
            words += _group(group, follows=follows or bool(words))
            words += [name] if name else []
    return words


def _group(group: int, *, follows: bool) -> list[str]:
    """Return the words of 1 to 999."""
    hundreds, below = divmod(group, 100)
    if not (hundreds or follows):
        return _below_hundred(below)
    link = ["lẻ"] if 0 < below < 10 else []
    return [_DIGITS[hundreds], "trăm", *link, *_below_hundred(below)]


def _below_hundred(number: int) -> list[str]:
    """Return the words of 0 to 99, none for 0."""
    tens, unit = divmod(number, 10)
    if tens == 0:
        return [_DIGITS[unit]] if unit else []
    if tens == 1:
        return ["mười", *([_after_ten(unit)] if unit else [])]
    return [_DIGITS[tens], "mươi", *([_AFTER_TENS.get(unit, _DIGITS[unit])] if unit else [])]


def _after_ten(unit: int) -> str:
    return "lăm" if unit == 5 else _DIGITS[unit]
