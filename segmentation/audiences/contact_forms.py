"""The forms of the rules of contact."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Channel
from segmentation.audiences.contact_models import LARGEST_UNIVERSAL, ContactPolicy, Suppression
from segmentation.audiences.suppression import LONGEST_CAP_DAYS, MOST_CAP, numbers_in


class SuppressionForm(forms.Form):
    """Customers to be left alone: typed in, or as a file."""

    numbers = forms.CharField(
        label=_("Customer numbers or e-mails, one a line"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    file = forms.FileField(label=_("or a CSV file: first column"), required=False)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", _("every channel")), *Channel.choices], required=False
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=Suppression.Reason.choices)
    source = forms.CharField(label=_("Who told us"), max_length=100, required=False)
    until = forms.DateTimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: for good."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = cleaned.get("numbers", "").splitlines()
        if cleaned.get("file"):
            given += numbers_in(cleaned["file"].read())
        if not any(line.strip() for line in given):
            self.add_error("numbers", _("Name at least one customer."))
        cleaned["given"] = given
        return cleaned

    def entry(self) -> dict[str, Any]:
        """The checked fields as the service takes them."""
        taken = {name: self.cleaned_data[name] for name in ("channel", "reason", "source", "until")}
        return taken | {"numbers": self.cleaned_data["given"]}


class PolicyForm(forms.Form):
    """Frequency caps by channel, and the universal holdout."""

    universal_percent = forms.IntegerField(
        label=_("Universal holdout, %"),
        min_value=0,
        max_value=LARGEST_UNIVERSAL,
        help_text=_("This share of all customers never gets any campaign. 0: nobody is held out."),
    )

    def __init__(self, *args: Any, **known: Any) -> None:
        super().__init__(*args, **known)
        for channel, label in Channel.choices:
            self.fields[f"most_{channel}"] = forms.IntegerField(
                label=label, min_value=1, max_value=MOST_CAP, required=False
            )
            self.fields[f"days_{channel}"] = forms.IntegerField(
                label=_("days"), min_value=1, max_value=LONGEST_CAP_DAYS, required=False
            )

    @classmethod
    def of(cls, policy: ContactPolicy) -> "PolicyForm":
        """The form as the rules stand."""
        caps = {f"{part}_{channel}": cap[part] for channel, cap in policy.caps.items() for part in ("most", "days")}
        return cls(initial={"universal_percent": policy.universal_percent, **caps})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for channel in Channel.values:
            if (cleaned.get(f"most_{channel}") is None) != (cleaned.get(f"days_{channel}") is None):
                self.add_error(f"most_{channel}", _("A cap needs both numbers."))
        return cleaned

    def caps(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each channel."""
        return [(self[f"most_{channel}"], self[f"days_{channel}"]) for channel in Channel.values]

    def policy(self) -> dict[str, Any]:
        """The checked fields as the service takes them."""
        found = {c: (self.cleaned_data[f"most_{c}"], self.cleaned_data[f"days_{c}"]) for c in Channel.values}
        caps = {channel: {"most": most, "days": days} for channel, (most, days) in found.items() if most}
        return {"universal_percent": self.cleaned_data["universal_percent"], "caps": caps}
