"""What programs send: members that are misspelt are told, not ignored."""

from __future__ import annotations

import datetime
import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from capphep.platform.queries import LARGEST_ID

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
RecordId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


def _day(value: object) -> object:
    """A day is written YYYY-MM-DD: a number is no day, though a library may read it as one."""
    is_written = isinstance(value, str) and _DAY.fullmatch(value) is not None
    if not is_written and not isinstance(value, datetime.date | None):
        raise PydanticCustomError("date_parsing", "A day is written YYYY-MM-DD.")
    return value


LocalDay = Annotated[datetime.date, BeforeValidator(_day)]
"""A local day in Asia/Ho_Chi_Minh, as it is sent."""


def _whole(value: object) -> object:
    """True is no one, and 4.0 no four, where a number names something."""
    if isinstance(value, bool | float):
        raise PydanticCustomError("int_type", "This has to be a whole number.")
    return value


WHOLE = BeforeValidator(_whole)
"""For choices that are numbers: ``Annotated[Level, WHOLE]``."""


class Input(Schema):
    """A body, or a part of one."""

    model_config = ConfigDict(extra="forbid")


T = TypeVar("T", bound=Schema)

if TYPE_CHECKING:

    class Patch(Input, Generic[T]):
        """The members of ``T`` that change; one that is left out stays."""

else:

    class Patch:
        def __class_getitem__(cls, schema: type[Schema]) -> type[Schema]:
            return _patch_of(schema)


@cache
def _patch_of(schema: type[Schema]) -> type[Schema]:
    members: dict[str, Any] = {
        # A factory keeps the default, which nobody reads, out of the documentation.
        name: (_emptied(field), Field(default_factory=lambda: None, description=field.description))
        for name, field in schema.model_fields.items()
    }
    return create_model(
        f"{schema.__name__}Patch",
        __base__=Input,
        __module__=schema.__module__,
        __doc__="What changes: a member that is left out stays; null empties a text or a day.",
        **members,
    )


def _emptied(field: FieldInfo) -> Any:
    """The member's type with its bounds; a text may be null too."""
    kind: Any = field.annotation
    for bound in field.metadata:
        kind = Annotated[kind, bound]
    return kind | None if field.annotation is str else kind


def sent(data: Schema) -> dict[str, Any]:
    """The members that were sent, each of them whole."""
    return data.model_dump(include=data.model_fields_set)


def merged(before: dict[str, Any], data: Schema) -> dict[str, Any]:
    """``before`` with what was sent; null empties a text."""
    changes = {
        name: "" if value is None and isinstance(before.get(name), str) else value
        for name, value in sent(data).items()
    }
    return before | changes
