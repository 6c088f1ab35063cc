"""The form of a webhook."""

from django import forms
from django.utils.translation import gettext_lazy as _

from segmentation.webhooks.models import Kind
from segmentation.webhooks.services import Wish


class WebhookForm(forms.Form):
    """Whom to tell, and of what."""

    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("Messages are sent here by POST, signed as Standard Webhooks asks for."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Tell of"),
        choices=[choice for choice in Kind.choices if choice[0] != Kind.TEST],
        widget=forms.CheckboxSelectMultiple,
    )
    subjects = forms.CharField(
        label=_("Only of"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "segment/vip\ntag/level\naudience/spring"}),
        help_text=_("One a line: segment/…, tag/…, audience/… and the key. Empty: everything."),
    )

    def wish(self) -> Wish:
        """The checked fields as the services take them."""
        given = self.cleaned_data
        subjects = [line.strip().strip("/") for line in given["subjects"].splitlines() if line.strip()]
        return {"name": given["name"], "url": given["url"].strip(), "kinds": given["kinds"], "subjects": subjects}
