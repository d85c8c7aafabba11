"""The forms around lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capphep.platform.models import User
from capphep.platform.models.lists import LONGEST_NAME, Audience
from capphep.platform.saved_views import audiences_for


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=LONGEST_NAME)
    audience = forms.ChoiceField(label=_("Who sees it"))
    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)

    def __init__(self, actor: User, *args: Any, keeps: str = Audience.OWN, **kwargs: Any) -> None:
        """``keeps`` are the readers that it has, whoever may choose them."""
        super().__init__(*args, **kwargs)
        offered = {*audiences_for(actor), Audience(keeps)}
        choices = [(each.value, each.label) for each in Audience if each in offered]
        audience = self.fields["audience"]
        assert isinstance(audience, forms.ChoiceField)
        audience.choices = choices
        if len(choices) == 1:
            audience.widget = forms.HiddenInput()
