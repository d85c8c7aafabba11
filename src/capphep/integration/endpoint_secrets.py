"""The secrets of endpoints, sealed, and which of them sign at a moment."""

from __future__ import annotations

import datetime

from capphep.integration.models import Endpoint
from capphep.platform import sealing

_PURPOSE = "webhook secrets"


def sealed(secret: str) -> str:
    return sealing.seal(secret, _PURPOSE)


def signing_secrets(endpoint: Endpoint, now: datetime.datetime) -> list[str]:
    """The newest first; the old one too as long as its overlap lasts. Raises Unsealable."""
    kept = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_secret_until and now < endpoint.old_secret_until:
        kept.append(endpoint.old_secret)
    return [sealing.unseal(one, _PURPOSE) for one in kept]
