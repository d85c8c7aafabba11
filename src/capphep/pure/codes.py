"""Codes that identify a customer and how to reach it (rule R11).

What a person pastes or a spreadsheet cell holds is normalised, not refused: spaces, points,
dashes, full-width digits, and whole numbers in the place of text.
"""

from __future__ import annotations

import re

from capphep.pure.cells import Raw, cell_text, shown
from capphep.pure.errors import Invalid, gettext_noop

_SEPARATORS = re.compile(r"[ .\-]")
_PHONE_BRACKETS = re.compile(r"[()]")
_BUDGET_CODE = re.compile(r"[0-9]{7}")
_TAX_CODE = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_CHAPTER = re.compile(r"[0-9]{3}")
_LAST_CHAPTERS = ((399, 1), (599, 2), (799, 3), (989, 4))

# +84, 0084 or 84 before a national number, with or without the zero that should have gone.
_COUNTRY = re.compile(r"^(?:\+|00)?84(?=0?[0-9]{9,10}$)0?")
# Mobile numbers have 10 digits. Landlines have 11 today and had 10 before 2017.
_PHONE = re.compile(r"0[35789][0-9]{8}|02[0-9]{8,9}")

_LOCAL_PART = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"{_LOCAL_PART}@(?:{_LABEL}\.)+{_LABEL}", re.IGNORECASE | re.ASCII)
_LONGEST_EMAIL = 254
_LONGEST_LOCAL_PART = 64


def budget_code(raw: Raw) -> str:
    """RULE R11: return the budget code (mã QHNS), text of exactly 7 digits.

    Raises Invalid: budget_code_digits.
    """
    code = _compact(raw)
    if not _BUDGET_CODE.fullmatch(code):
        message = gettext_noop("A budget code is 7 digits; “%(value)s” is not.")
        raise _refused("budget_code_digits", message, "budget_code", raw)
    return code


def unusual_budget_code(code: str) -> bool:
    """RULE R11: whether the budget code deserves a warning: its first digit is outside 1-3."""
    return code[:1] not in {"1", "2", "3"}


def tax_code(raw: Raw) -> str:
    """RULE R11: return the tax code as "NNNNNNNNNN", a dependent unit's as "NNNNNNNNNN-NNN".

    The tenth digit checks the nine before it: 10 less their weighted sum modulo 11. A number
    of 9 digits is a code whose first zero the spreadsheet dropped.

    Raises Invalid: tax_code_digits, tax_code_check.
    """
    code = _compact(raw)
    if not isinstance(raw, str) and len(code) == 9:
        code = code.zfill(10)
    if not _TAX_CODE.fullmatch(code):
        message = gettext_noop("A tax code is 10 or 13 digits; “%(value)s” is not.")
        raise _refused("tax_code_digits", message, "tax_code", raw)
    if int(code[9]) != _tax_check_digit(code):
        message = gettext_noop(
            "The tax code “%(value)s” has a wrong digit: its tenth digit does not match the others."
        )
        raise _refused("tax_code_check", message, "tax_code", raw)
    return code if len(code) == 10 else f"{code[:10]}-{code[10:]}"


def phone(raw: Raw) -> str:
    """RULE R11: return the Vietnamese phone number in its national form, digits only.

    Mobile: 10 digits beginning 03, 05, 07, 08 or 09. Landline: 02 and 9 digits, or 8 as
    before 2017. +84, 0084 and 84 become 0; a number that lost its first 0 in a spreadsheet
    gets it back.

    Raises Invalid: phone_digits.
    """
    digits = _COUNTRY.sub("0", _PHONE_BRACKETS.sub("", _compact(raw)))
    if not isinstance(raw, str) and not digits.startswith("0"):
        digits = f"0{digits}"
    if not _PHONE.fullmatch(digits):
        message = gettext_noop(
            "A phone number is 10 digits beginning 03, 05, 07, 08 or 09, or a landline "
            "beginning 02; “%(value)s” is not."
        )
        raise _refused("phone_digits", message, "phone", raw)
    return digits


def email(raw: Raw) -> str:
    """RULE R11: return the e-mail address, trimmed, its domain in lower case.

    Whether the address exists is not checked, only whether it can be one.

    Raises Invalid: email_form.
    """
    local_part, _, domain = cell_text(raw).rpartition("@")
    address = f"{local_part}@{domain.lower()}"
    too_long = len(address) > _LONGEST_EMAIL or len(local_part) > _LONGEST_LOCAL_PART
    if too_long or not _EMAIL.fullmatch(address):
        message = gettext_noop("An e-mail address reads name@example.vn; “%(value)s” does not.")
        raise _refused("email_form", message, "email", raw)
    return address


def chapter_code(raw: Raw) -> str:
    """RULE R11: return the budget chapter, text of three digits from "001" to "989".

    A number is padded: 18 is "018".

    Raises Invalid: chapter_code_digits, chapter_code_range.
    """
    code = _compact(raw)
    if not isinstance(raw, str):
        code = code.zfill(3)
    if not _CHAPTER.fullmatch(code):
        message = gettext_noop("A chapter is three digits; “%(value)s” is not.")
        raise _refused("chapter_code_digits", message, "chapter_code", raw)
    if not 1 <= int(code) <= _LAST_CHAPTERS[-1][0]:
        message = gettext_noop("Chapters run from 001 to 989; “%(value)s” is outside.")
        raise _refused("chapter_code_range", message, "chapter_code", raw)
    return code


def chapter_level(code: str) -> int:
    """RULE R11: return the level that the chapter belongs to.

    001-399 are 1 (central), 400-599 are 2 (province), 600-799 are 3 (district, history
    since 1/7/2025), 800-989 are 4 (commune).

    Raises Invalid as `chapter_code`.
    """
    chapter = int(chapter_code(code))
    return next(level for last, level in _LAST_CHAPTERS if chapter <= last)


def _compact(raw: Raw) -> str:
    text = cell_text(raw)
    return _SEPARATORS.sub("", text) if isinstance(raw, str) else text


def _tax_check_digit(code: str) -> int:
    """Return the check digit of the first nine digits; 10 where no digit fits."""
    pairs = zip(_TAX_WEIGHTS, code[:9], strict=True)
    return 10 - sum(weight * int(digit) for weight, digit in pairs) % 11


def _refused(code: str, message: str, field: str, raw: Raw) -> Invalid:
    return Invalid(code, message, rule="R11", field=field, params={"value": shown(raw)})
