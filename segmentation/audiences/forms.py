"""The form of an audience."""

from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from customers.models import Channel
from segmentation.audiences.limits import ranks
from segmentation.audiences.services import LARGEST_HOLDOUT, Plan
from segmentation.segments.rule_fields import RuleField

LOTS = "segmentation.audiences.lots"


def new_lots() -> str:
    """Lots for an audience to be, as the form carries them."""
    return signing.dumps(str(uuid4()), salt=LOTS)


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
    size_limit = forms.IntegerField(
        label=_("At most so many customers"), min_value=1, required=False, help_text=_("Empty: everybody who fits.")
    )
    size_by = forms.ChoiceField(
        label=_("Which of them"), required=False, help_text=_("Only matters where there is a size limit.")
    )
    size_lowest = forms.BooleanField(label=_("Smallest values first"), required=False)
    seed = forms.IntegerField(
        label=_("Seed of the lot"),
        min_value=0,
        max_value=2**31 - 1,
        initial=0,
        required=False,
        help_text=_("The same seed draws the same customers."),
    )
    # The lots of an audience that is not saved yet, signed: they stay the same while one types, and when it is saved.
    lots = forms.CharField(widget=forms.HiddenInput, required=False)
    include = RuleField(label=_("Who is in"))
    exclude = RuleField(label=_("Who is left out"), required=False)

    def __init__(self, *args: Any, **known: Any) -> None:
        super().__init__(*args, **known)
        best = [(key, _("best by: %(name)s") % {"name": name}) for key, name in ranks().items()]
        self.fields["size_by"].choices = [("", _("drawn at random")), *best]  # type: ignore[attr-defined]

    def clean_seed(self) -> int:
        return self.cleaned_data["seed"] or 0

    def plan(self) -> Plan:
        """The checked fields as the services take them."""
        return cast(Plan, {name: value for name, value in self.cleaned_data.items() if name != "lots"})

    def clean_lots(self) -> UUID:
        """The salt that draws them; a new one where there is none, or not one of ours."""
        try:
            return UUID(signing.loads(self.cleaned_data["lots"], salt=LOTS))
        except (signing.BadSignature, ValueError):
            return uuid4()

    def documents(self) -> dict[str, Any]:
        """Each rule as it was typed, with what is wrong with it, for the builders."""
        return {name: self._document(name) for name in ("include", "exclude")}

    def _document(self, name: str) -> dict[str, Any]:
        field = cast(RuleField, self.fields[name])
        return {"document": field.typed(self[name].value()), "problems": field.problems}
