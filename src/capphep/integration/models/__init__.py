"""Tokens by which programs come in, and endpoints to which events go out."""

from capphep.integration.models.tokens import ApiToken
from capphep.integration.models.webhooks import (
    Attempt,
    BodyFormat,
    Delivery,
    Endpoint,
    SendError,
)

__all__ = ["ApiToken", "Attempt", "BodyFormat", "Delivery", "Endpoint", "SendError"]
