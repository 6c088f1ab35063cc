"""A form's field for a rule, filled by the builder."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from segmentation.rules.parse import RuleError, canonical
from segmentation.segments.builder import problems_for_builder
from segmentation.sets.answers import check


class RuleField(forms.JSONField):
    """The rule as it is saved. Refuses what cannot run; `problems` then says what is wrong where, for the builder."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("This is no rule."), "required": _("Add at least one condition.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.problems: dict[str, Any] | None = None

    def to_python(self, value: Any) -> Any:
        return super().to_python(value) or None

    def clean(self, value: Any) -> Any:
        document = super().clean(value)
        if document is None:
            return None
        try:
            return canonical(check(document))
        except RuleError as error:
            self.problems = problems_for_builder(error)
            raise ValidationError(_("The rule cannot run yet; see the notes at its conditions.")) from error

    def typed(self, value: Any) -> dict[str, Any] | None:
        """The rule as it came in, to be shown again; None for what is none."""
        try:
            return self.to_python(value)
        except ValidationError:
            return None
