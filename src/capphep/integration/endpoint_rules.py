"""Where events may be delivered to: what an endpoint's address may look like."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from capphep.pure.addresses import is_public
from capphep.pure.errors import Invalid, gettext_noop

LONGEST_URL: Final = 500
PORTS: Final = (443, 8443)
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
# No space, no control character, nothing that two readers of an address read differently.
_WRITABLE: Final = re.compile(r"[!-\[\]-~]+")


def check_url(url: str, allowed_hosts: Collection[str] = ()) -> str:
    """The address as it is kept. Raises Invalid at the field ``url``.

    ``https`` to a host of the internet, on port 443 or 8443. The administrator of the machine
    may allow hosts by name (CAPPHEP_WEBHOOK_HOSTS): there any port and ``http`` will do. Where
    a name leads to is asked when something is sent.
    """
    if len(url) > LONGEST_URL or not _WRITABLE.fullmatch(url):
        raise _invalid(gettext_noop("This is not an address that can be called."))
    parts = _parts(url)
    if parts.scheme not in ("http", "https"):
        raise _invalid(gettext_noop("The address begins with https://."))
    if parts.username is not None or parts.password is not None:
        raise _invalid(gettext_noop("The address must hold no user name and no password."))
    if parts.fragment:
        raise _invalid(gettext_noop("The address must hold no “#”."))
    if not is_allowed(parts.hostname or "", allowed_hosts):
        _check_public(parts)
    return url


def is_allowed(host: str, allowed_hosts: Collection[str]) -> bool:
    """Whether the administrator of the machine allows the host by name, wherever it leads."""
    return host.lower().rstrip(".") in {one.lower().strip("[]") for one in allowed_hosts}


def _parts(url: str) -> SplitResult:
    """Raises Invalid where host or port cannot be read."""
    try:
        parts = urlsplit(url)
        host, port = parts.netloc.rpartition("@")[2], parts.port
    except ValueError:
        raise _invalid(gettext_noop("This is not an address that can be called.")) from None
    name = host.lower().removesuffix(f":{port}") if port is not None else host.lower()
    if not _HOST.fullmatch(name) or port == 0:
        raise _invalid(gettext_noop("This is not an address that can be called."))
    return parts


def _check_public(parts: SplitResult) -> None:
    host = parts.hostname or ""
    if parts.scheme != "https":
        raise _invalid(gettext_noop("The address begins with https://."))
    if (parts.port or 443) not in PORTS:
        raise _invalid(gettext_noop("The port must be 443 or 8443."))
    try:
        is_outside = is_public(host)
    except ValueError:
        # A name: one of the internet has a point, and no name of numbers alone.
        labels = host.rstrip(".").split(".")
        is_outside = len(labels) > 1 and not labels[-1][:1].isdigit()
    if not is_outside:
        raise _invalid(
            gettext_noop(
                "This host is not on the internet. Whoever runs capphep can allow it by "
                "CAPPHEP_WEBHOOK_HOSTS."
            )
        )


def _invalid(message: str) -> Invalid:
    return Invalid("url_invalid", message, field="url")
