"""Pages of the register of processing: all of it, what a person says of a purpose, and the register as a file."""

import json

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from segmentation.privacy import assessment
from segmentation.privacy.models import ProcessingNote


class NoteForm(forms.ModelForm):
    """What a person says of one purpose."""

    class Meta:
        model = ProcessingNote
        fields = ("description", "basis", "responsible", "safeguards", "risks", "assessed_on")
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in ("description", "safeguards", "risks")},
            "assessed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


@require_GET
@permission_required("customers.view_erasure", raise_exception=True)
def register_page(request: HttpRequest) -> HttpResponse:
    """What is processed for what, by what, of what, to whom; and what lacks."""
    context = {"register": assessment.drawn_up(), "may_change": request.user.has_perm(assessment.RIGHT)}
    return render(request, "segmentation/privacy/register.html", context)


@require_GET
@permission_required("customers.view_erasure", raise_exception=True)
def register_file(request: HttpRequest) -> HttpResponse:
    """The register as JSON."""
    text = json.dumps(assessment.document(assessment.drawn_up()), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="register-of-processing.json"'
    return answer


@permission_required("customers.erase_customer", raise_exception=True)
def register_note(request: HttpRequest, purpose: str) -> HttpResponse:
    """What a person says of a purpose."""
    form = NoteForm(request.POST or None, instance=assessment.note_of(purpose))
    if request.method == "POST" and form.is_valid():
        assessment.save_note(note=form.save(commit=False), by=request.user)
        messages.success(request, _("Saved."))
        return redirect("segmentation:register")
    return render(request, "segmentation/privacy/register_note.html", {"form": form, "purpose": purpose})
