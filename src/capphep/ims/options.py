"""Options about approval."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from capphep.ims.check_codes import TITLES
from capphep.platform.options import Choices, YesNo

TWO_PEOPLE: Final = YesNo(
    key="two_people",
    label=_("Two people"),
    help=_("Who made or sent a request cannot decide on it."),
    rule="R6",
    variable="CAPPHEP_TWO_PEOPLE",
    default=lambda: settings.TWO_PEOPLE,
)
BLOCKING_CHECKS: Final = Choices(
    key="blocking_checks",
    label=_("Checks that stop an approval"),
    help=_("The other automatic checks inform; these have to pass before a request is approved."),
    variable="CAPPHEP_BLOCKING_CHECKS",
    default=lambda: frozenset(settings.BLOCKING_CHECKS),
    known=tuple((str(code), _(title)) for code, title in TITLES.items()),
)
