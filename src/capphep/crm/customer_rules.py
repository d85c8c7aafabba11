"""What makes a customer and its people valid ones: what was typed in, columns out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from capphep.crm.models.customer import Level, OrgType, PublicUnitKind
from capphep.pure import codes, provinces
from capphep.pure.cells import Raw
from capphep.pure.errors import Invalid, Label, Refusal, gettext_noop
from capphep.pure.folding import clean
from capphep.pure.problems import Problems

_LONGEST: Final[Mapping[str, int]] = {
    "name": 250,
    "commune": 100,
    "address": 250,
    "full_name": 150,
    "position": 100,
}
_LONGEST_NOTE: Final = 4000
_LEVELS: Final[Mapping[int, str]] = {
    Level.CENTRAL: gettext_noop("Central"),
    Level.PROVINCE: gettext_noop("Province"),
    Level.DISTRICT: gettext_noop("District (until 1/7/2025)"),
    Level.COMMUNE: gettext_noop("Commune"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInput:
    """A customer as it was typed or stands in a sheet; codes in any form that R11 knows."""

    budget_code: Raw
    name: str
    org_type: str
    public_unit_kind: str
    level: int
    parent_id: int | None = None
    sector_id: int | None = None
    chapter_code: Raw = ""
    tax_code: Raw = ""
    province: str = ""
    commune: str = ""
    address: str = ""
    phone: Raw = ""
    email: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactInput:
    """A person at a customer, as typed."""

    full_name: str
    position: str = ""
    phone: Raw = ""
    email: str = ""
    is_active: bool = True


TYPED: Final = tuple(one.name for one in fields(CustomerInput) if not one.name.endswith("_id"))
"""What of a customer is typed in as its columns are called; forms and API have the same names."""
CONTACT_TYPED: Final = tuple(one.name for one in fields(ContactInput))


def customer_values(
    typed: CustomerInput,
    problems: Problems,
    *,
    level_before: int | None = None,
    province_before: str = "",
) -> dict[str, object]:
    """RULE R11: the customer's own columns, codes normalised; what is wrong goes to ``problems``.

    ``level_before`` and ``province_before`` are what the record says already: the district
    level, history since 1/7/2025, and a name from before it was checked may only stay.
    """
    values: dict[str, object] = {"level": typed.level, "note": long_text(typed.note, problems)}
    for name in ("name", "commune", "address"):
        values[name] = short_text(name, getattr(typed, name), problems)
    values["province"] = ""
    with problems.noted():
        values["province"] = province_value(typed.province, province_before)
    if not values["name"]:
        problems.add(required("name"))
    with problems.noted():
        values["budget_code"] = codes.budget_code(typed.budget_code)
    for name, normalised in _OPTIONAL_CODES.items():
        values[name] = optional(getattr(typed, name), normalised, problems)
    _check_choices(typed, level_before, problems)
    with problems.noted():
        check_chapter_level(str(values["chapter_code"]), typed.level)
    return values | {"org_type": typed.org_type, "public_unit_kind": typed.public_unit_kind}


def unit_values(
    *,
    name: str,
    address: str,
    tax_code: Raw,
    chapter_code: Raw,
    phone: Raw,
    email: str,
    level: int,
    level_before: int,
    problems: Problems,
) -> dict[str, object]:
    """RULE R11: the columns of a unit's data that change by request; as `customer_values`."""
    values: dict[str, object] = {
        "name": short_text("name", name, problems),
        "address": short_text("address", address, problems),
        "tax_code": optional(tax_code, codes.tax_code, problems),
        "chapter_code": optional(chapter_code, codes.chapter_code, problems),
        "phone": optional(phone, codes.phone, problems),
        "email": optional(email, codes.email, problems),
        "level": level,
    }
    if not values["name"]:
        problems.add(required("name"))
    _check_level(level, level_before, problems)
    return values


def contact_values(typed: ContactInput, problems: Problems) -> dict[str, object]:
    """RULE R11: the contact's columns, normalised; what is wrong goes to ``problems``."""
    values: dict[str, object] = {
        "full_name": short_text("full_name", typed.full_name, problems),
        "position": short_text("position", typed.position, problems),
        "phone": optional(typed.phone, codes.phone, problems),
        "email": optional(typed.email, codes.email, problems),
        "is_active": typed.is_active,
    }
    if not values["full_name"]:
        problems.add(required("full_name"))
    return values


def province_value(typed: str, before: str = "") -> str:
    """RULE R11: the province as it is stored. Raises Invalid province_unknown."""
    return before if before and clean(typed) == before else provinces.province(typed)


def check_chapter_level(chapter_code: str, level: int) -> None:
    """RULE R11: a chapter belongs to one level. Raises Invalid chapter_of_other_level."""
    if not chapter_code or codes.chapter_level(chapter_code) == level:
        return
    raise Invalid(
        "chapter_of_other_level",
        gettext_noop("Chapter %(chapter)s belongs to the level “%(level)s”."),
        rule="R11",
        field="chapter_code",
        params={
            "chapter": chapter_code,
            "level": Label(_LEVELS[codes.chapter_level(chapter_code)]),
        },
    )


def required(field: str) -> Invalid:
    return Invalid("required", gettext_noop("This has to be filled in."), field=field)


def optional(raw: Raw, normalised: Callable[[Raw], str], problems: Problems) -> str:
    """RULE R11: the normalised code, or nothing where nothing was typed."""
    if isinstance(raw, str) and not clean(raw):
        return ""
    try:
        return normalised(raw)
    except Refusal as refusal:
        problems.add(refusal)
        return ""


def short_text(field: str, text: str, problems: Problems) -> str:
    """One line of text as it is stored; one that does not fit is noted."""
    return _fitting(field, clean(text), _LONGEST[field], problems)


def long_text(text: str, problems: Problems, field: str = "note") -> str:
    """Several lines of text, each cleaned."""
    lines = "\n".join(clean(line) for line in text.splitlines()).strip()
    return _fitting(field, lines, _LONGEST_NOTE, problems)


def _fitting(field: str, text: str, longest: int, problems: Problems) -> str:
    if len(text) > longest:
        message = gettext_noop("At most %(max)s characters fit here.")
        problems.add(Invalid("too_long", message, field=field, params={"max": longest}))
    return text


def _check_choices(typed: CustomerInput, level_before: int | None, problems: Problems) -> None:
    if typed.org_type not in _ORG_TYPES:
        problems.add(required("org_type"))
    if typed.public_unit_kind not in _UNIT_KINDS:
        problems.add(required("public_unit_kind"))
    _check_level(typed.level, level_before, problems)


def _check_level(level: int, level_before: int | None, problems: Problems) -> None:
    if level not in _LEVELS:
        problems.add(required("level"))
    elif level == Level.DISTRICT != level_before:
        message = gettext_noop("The district level was abolished on 1/7/2025.")
        problems.add(Invalid("level_abolished", message, rule="R11", field="level"))


# Asked for in each row of an import.
_ORG_TYPES: Final = frozenset(OrgType.values)
_UNIT_KINDS: Final = frozenset(PublicUnitKind.values)
_OPTIONAL_CODES: Final[Mapping[str, Callable[[Raw], str]]] = {
    "chapter_code": codes.chapter_code,
    "tax_code": codes.tax_code,
    "phone": codes.phone,
    "email": codes.email,
}
