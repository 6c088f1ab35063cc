"""The page of values that people give to single customers: who has which, why and until when; give and withdraw."""

from datetime import datetime, time

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.tags.folders import may_edit
from segmentation.tags.given_models import GivenValue
from segmentation.tags.giving import give_value, take_back
from segmentation.tags.models import Tag
from segmentation.tags.values import is_retired

WORDS_PER_PAGE = 25
# Stands for "no value" in the form, where an empty choice is none made. No value has such a key.
NO_VALUE = "--none--"


class GivenForm(forms.Form):
    """A value for one customer."""

    customer = forms.CharField(label=gettext_lazy("Customer number"), max_length=200)
    value = forms.ChoiceField(label=gettext_lazy("Value"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    until = forms.DateField(
        label=gettext_lazy("Until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Without an end it holds until somebody withdraws it."),
    )

    def __init__(self, *args: object, tag: Tag) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        values = [(value.key, value.name) for value in tag.values.order_by("order") if not is_retired(value.detail)]
        choices = [("", _("— choose —")), *values, (NO_VALUE, _("— none at all —"))]
        self.fields["value"].choices = choices  # type: ignore[attr-defined]

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"]
        return "" if value == NO_VALUE else value

    def clean_customer(self) -> Customer:
        found = Customer.objects.filter(external_id=self.cleaned_data["customer"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no customer with this number."))
        return found

    def clean_until(self) -> datetime | None:
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None


@permission_required(["segmentation.view_tag", "customers.view_customer"], raise_exception=True)
def given_values(request: HttpRequest, key: str) -> HttpResponse:
    """The words on customers, the newest first; whoever may give adds one here."""
    tag = get_object_or_404(Tag.objects.select_related("category"), key=key)
    may_give = request.user.has_perm("segmentation.add_givenvalue") and may_edit(tag.category, request.user)
    if request.method == "POST" and not may_give:
        raise PermissionDenied
    form = GivenForm(*([request.POST] if request.method == "POST" else []), tag=tag)
    if form.is_bound and form.is_valid():
        try:
            give_value(tag=tag, by=request.user, **form.cleaned_data)
        except SegmentationError as error:
            form.add_error(error.where if error.where in form.fields else None, error.message)
        else:
            messages.success(request, _("Given. It counts from the next run on."))
            return redirect("segmentation:given_values", key)
    names = {value.key: value.name for value in tag.values.all()}
    rows = tag.given_values.select_related("customer", "by")
    context = {
        "tag": tag,
        "form": form,
        "may_give": may_give,
        "names": names,
        "now": timezone.now(),
        "page": Paginator(rows, WORDS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "segmentation/tags/given.html", context, status=422 if form.errors else 200)


@require_POST
@permission_required("segmentation.change_givenvalue", raise_exception=True)
def given_withdraw(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Ends a word now."""
    given = get_object_or_404(GivenValue.objects.select_related("tag__category"), pk=pk, tag__key=key)
    try:
        take_back(given=given, by=request.user)
        messages.success(request, _("Withdrawn. What is computed counts again with the next run."))
    except SegmentationError as error:
        messages.error(request, error.message)
    return redirect("segmentation:given_values", key)
