"""The licence officer's writes, one file a subject; each is one transaction of its own."""

from capphep.ims.actions.decisions import Approval, BaseMoved, approve, reject, return_request

__all__ = ["Approval", "BaseMoved", "approve", "reject", "return_request"]
