"""A form of the CRM tried once, and what came of it."""

from capphep.platform.saving import Attempt, attempt, form_page, typed_in

__all__ = ["Attempt", "attempt", "form_page", "typed_in"]
