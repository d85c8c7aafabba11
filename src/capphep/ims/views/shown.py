"""What the desk's screens show in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.ims.rules import Age, Ageing
from capphep.platform.kit import Status, Tone

_TONES: Final[dict[Ageing, Tone]] = {
    Ageing.ON_TIME: "good",
    Ageing.DUE_TODAY: "waiting",
    Ageing.OVERDUE: "bad",
}


def ageing_status(age: Age | None) -> Status | None:
    """Colour and word: in time, due today, overdue by so many days; and how long it waits."""
    if not age:
        return None
    words = {Ageing.ON_TIME: _("In time"), Ageing.DUE_TODAY: _("Due today")}
    late = ngettext("Overdue by %(days)s day", "Overdue by %(days)s days", age.late)
    word = words.get(age.ageing, late % {"days": age.late})
    return Status(f"{word} · {_waited(age.waited)}", _TONES[age.ageing])


def _waited(days: int) -> str:
    if not days:
        return _("sent today")
    return ngettext("waiting %(days)s day", "waiting %(days)s days", days) % {"days": days}
