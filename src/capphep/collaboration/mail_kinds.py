"""The kinds of news that a person chooses for, by what `platform.Notice.kind` begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from capphep.collaboration.models import MailWhen
from capphep.platform.kit import Text
from capphep.platform.roles import Role


@dataclass(frozen=True, slots=True)
class MailKind:
    """``usual`` is how it is told where nobody chose; ``roles`` are those whom it concerns."""

    key: str
    label: Text
    beginnings: tuple[str, ...]
    usual: MailWhen
    roles: frozenset[Role] = frozenset(Role)


_SELLING: Final = frozenset({Role.SALES, Role.MANAGER})
OTHER: Final = MailKind("other", _("Everything else"), (), MailWhen.DAILY)
KINDS: Final = (
    MailKind(
        "answer",
        _("My request was approved, returned, rejected or withdrawn"),
        ("request.approved", "request.returned", "request.rejected", "request.withdrawn"),
        MailWhen.NOW,
        _SELLING,
    ),
    MailKind(
        "desk",
        _("A request waits for me at the desk, or is overdue"),
        ("request.",),
        MailWhen.DAILY,
        frozenset({Role.OFFICER}),
    ),
    MailKind("mention", _("Somebody mentioned me"), ("talk.mention",), MailWhen.NOW),
    MailKind("comment", _("Comments on what I follow"), ("talk.",), MailWhen.DAILY),
    MailKind(
        "activity",
        _("Something was given to me to do, or is due"),
        ("activity.",),
        MailWhen.DAILY,
    ),
    MailKind(
        "usage",
        _("A customer's usage nears its limit, or a subscription ends soon"),
        ("usage.",),
        MailWhen.DAILY,
        _SELLING,
    ),
    MailKind("job", _("My import or export is done"), ("job",), MailWhen.NEVER),
    OTHER,
)
_BY_KEY: Final[Mapping[str, MailKind]] = {kind.key: kind for kind in KINDS}


def kind_of(notice_kind: str) -> MailKind:
    """The first whose beginning fits."""
    return next((one for one in KINDS if notice_kind.startswith(one.beginnings)), OTHER)


def is_kind(key: str) -> bool:
    return key in _BY_KEY


def kinds_for(role: str) -> list[MailKind]:
    return [one for one in KINDS if role in one.roles]
