"""Every option that there is, by subject, as the screen *Settings* shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from capphep.entitlements import options as entitlements
from capphep.ims import options as ims
from capphep.platform import file_options, numbers, personal
from capphep.platform.options import Option, OptionGroup
from capphep.provisioning import options as provisioning
from capphep.pure.errors import NotFound, gettext_noop

GROUPS: Final[Sequence[OptionGroup]] = (
    OptionGroup(
        _("Licence requests"),
        (
            provisioning.EVIDENCE_REQUIRED,
            file_options.EVIDENCE_MIB,
            provisioning.TARGET_WORKING_DAYS,
            provisioning.DRAFT_DAYS,
        ),
    ),
    OptionGroup(_("Approval"), (ims.TWO_PEOPLE, ims.BLOCKING_CHECKS)),
    OptionGroup(
        _("Renewal and ends"),
        (
            provisioning.RENEWAL_DAYS,
            provisioning.RENEWAL_CONTINUES,
            entitlements.EXPIRY_NOTICE_DAYS,
        ),
    ),
    OptionGroup(
        _("Usage"),
        (
            entitlements.USAGE_PERCENTS,
            entitlements.USAGE_STALE_DAYS,
            entitlements.USAGE_HISTORY_DAYS,
        ),
    ),
    OptionGroup(
        _("Personal data"),
        (personal.FULL_ROLES, personal.REVEAL_ROLES, personal.ACCESS_MONTHS),
    ),
    OptionGroup(_("Numbers"), tuple(numbers.FORMATS.values())),
    OptionGroup(_("Licence files"), (entitlements.LICENCE_DAYS, entitlements.LICENCE_GRACE_DAYS)),
)


def option_of(key: str) -> Option[Any]:
    """Raises NotFound ``option_not_found``."""
    for group in GROUPS:
        for option in group.options:
            if option.key == key:
                return option
    raise NotFound("option_not_found", gettext_noop("There is no such setting."))
