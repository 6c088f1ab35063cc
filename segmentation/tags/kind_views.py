"""Pages of the kinds of tags: what each is for, and a worked example, out of the kind's own file."""

import json

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from segmentation.tags.loading import AnyKind, all_kinds
from segmentation.tags.models import Tag, in_language


@permission_required("segmentation.view_tag", raise_exception=True)
def kind_list(request: HttpRequest) -> HttpResponse:
    """Every kind in a sentence."""
    kinds = [(key, *_told(kind)) for key, kind in all_kinds().items()]
    return render(request, "segmentation/tags/kinds.html", {"kinds": kinds})


@permission_required("segmentation.view_tag", raise_exception=True)
def kind_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One kind: an example of a definition, customers with what they get, and tags of the kind."""
    kind = all_kinds().get(key)
    if kind is None:
        raise Http404
    name, description = _told(kind)
    context = {
        "key": key,
        "name": name,
        "description": description,
        "exclusive": kind.always_exclusive,
        "json": json.dumps(kind.example.definition, ensure_ascii=False, indent=2),
        "customers": [
            (in_language(who.zh, who.en), in_language(value.zh, value.en)) for who, value in kind.example.customers
        ],
        "tags": Tag.objects.filter(kind=key).order_by("category__path", "pk")[:20],
    }
    return render(request, "segmentation/tags/kind.html", context)


def _told(kind: AnyKind) -> tuple[str, str]:
    labels, about = kind.labels, kind.description
    return in_language(labels.zh, labels.en), in_language(about.zh, about.en)
