"""What people fill in about facts."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RevealForm(forms.Form):
    """Why somebody needs to see an identity unmasked."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        help_text=_("Your name, the time and this reason are written to the access log."),
        min_length=5,
        max_length=200,
    )
