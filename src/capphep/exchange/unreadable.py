"""Why a file that somebody named or uploaded is no use."""

from __future__ import annotations

from typing import Final

from capphep.pure.errors import Invalid, gettext_noop

NO_WORKBOOK: Final = gettext_noop("%(file)s is not a workbook that can be read.")
TOO_LARGE: Final = gettext_noop("%(file)s is too large; split it into several files.")


class Unreadable(Invalid):
    """One sentence for the person who named the file."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__("workbook_unreadable", message, field="file", params=params)
