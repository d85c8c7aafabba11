"""Writes to the directory of administrator accounts."""

from capphep.identity.actions.links import Person, close_due, close_links, ensure_account
from capphep.identity.actions.outcomes import Delivered, Undelivered, record_outcome
from capphep.identity.actions.sending import send_again

__all__ = [
    "Delivered",
    "Person",
    "Undelivered",
    "close_due",
    "close_links",
    "ensure_account",
    "record_outcome",
    "send_again",
]
