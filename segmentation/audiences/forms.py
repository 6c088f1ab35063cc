"""The form of an audience."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Channel
from segmentation.audiences.services import LARGEST_HOLDOUT, Plan
from segmentation.segments.rule_fields import RuleField


class AudienceForm(forms.Form):
    """What a campaign needs to know: whom, whom not, how they are reached, and how many are held out."""

    name = forms.CharField(label=_("Audience name"), max_length=100)
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=Channel.choices,
        help_text=_("Only customers who agreed to be contacted this way are reached."),
    )
    purpose = forms.CharField(label=_("Purpose"), max_length=50, initial="marketing")
    holdout_percent = forms.IntegerField(
        label=_("Held out, %"),
        min_value=0,
        max_value=LARGEST_HOLDOUT,
        initial=10,
        help_text=_(
            "A holdout is a share of the audience, drawn by lot, that gets nothing, so that you can see afterwards "
            "what the campaign itself changed."
        ),
    )
    include = RuleField(label=_("Who is in"))
    exclude = RuleField(label=_("Who is left out"), required=False)

    def plan(self) -> Plan:
        """The checked fields as the services take them."""
        return cast(Plan, self.cleaned_data)

    def documents(self) -> dict[str, Any]:
        """Each rule as it was typed, with what is wrong with it, for the builders."""
        return {name: self._document(name) for name in ("include", "exclude")}

    def _document(self, name: str) -> dict[str, Any]:
        field = cast(RuleField, self.fields[name])
        return {"document": field.typed(self[name].value()), "problems": field.problems}
