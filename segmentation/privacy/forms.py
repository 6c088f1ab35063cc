"""What a privacy officer fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ErasureForm(forms.Form):
    """Why a customer is to be forgotten."""

    reason = forms.CharField(
        label=_("Why is this customer to be erased?"),
        help_text=_("Without names: it is shown to whoever decides, and deleted with the customer."),
        min_length=5,
        max_length=200,
    )
