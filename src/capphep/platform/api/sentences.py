"""What is wrong with the form of a value, in sentences of the catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from capphep.pure.errors import Label, gettext_noop

_WHOLE: Final = gettext_noop("This has to be a whole number.")
_NUMBER: Final = gettext_noop("This has to be a number.")
_TEXT: Final = gettext_noop("This has to be a text.")
_BOOLEAN: Final = gettext_noop("This has to be true or false.")
_DAY: Final = gettext_noop("This has to be a day: YYYY-MM-DD.")
_MOMENT: Final = gettext_noop("This has to be a moment with its offset: YYYY-MM-DDThh:mm:ssZ.")
_CHOICE: Final = gettext_noop("This has to be one of %(expected)s.")
_OBJECT: Final = gettext_noop("This has to be an object.")

_SENTENCES: Final[Mapping[str, str]] = {
    "missing": gettext_noop("This has to be given."),
    "extra_forbidden": gettext_noop("There is no member of this name."),
    "string_type": _TEXT,
    "string_too_long": gettext_noop("At most %(max_length)s characters fit here."),
    "string_too_short": gettext_noop("At least %(min_length)s characters are needed here."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _MOMENT,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "greater_than_equal": gettext_noop("This has to be at least %(ge)s."),
    "less_than_equal": gettext_noop("This has to be at most %(le)s."),
    "list_type": gettext_noop("This has to be a list."),
    "too_short": gettext_noop("At least %(min_length)s are needed here."),
    "too_long": gettext_noop("At most %(max_length)s may be given here."),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
}


def sentence(error: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    """The template and its parameters; what has no sentence here keeps pydantic's own."""
    template = _SENTENCES.get(error["type"])
    if template is None:
        return "%(message)s", {"message": Label(str(error["msg"]))}
    return template, dict(error.get("ctx", {}))
