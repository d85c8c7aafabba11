"""Writes of the register of data subjects' requests and of the access log (R13, R18)."""

from capphep.privacy.actions.register import (
    edit_request,
    end_request,
    enter_request,
    forget_old_access,
    tell_due_requests,
)

__all__ = [
    "edit_request",
    "end_request",
    "enter_request",
    "forget_old_access",
    "tell_due_requests",
]
