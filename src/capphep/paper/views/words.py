"""Words that several screens share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from capphep.paper.models import PaperTemplate


def template_name(template: PaperTemplate) -> str:
    return template.name or _("Standard template")
