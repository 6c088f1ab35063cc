"""Pages of the taxonomy's tree: folders and tags to move, name, colour and delete; definitions in and out as JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.spelling import found_by, free_key
from segmentation.errors import SegmentationError
from segmentation.tags import folders, portable, selectors, services
from segmentation.tags.models import Category, Tag
from segmentation.tags.selectors import TagRow
from segmentation.tags.taxonomy_forms import DefinitionsForm, FolderForm

NO_COLOUR = "#667382"


@dataclass
class Branch:
    """A folder with what is in it. `up` and `down` are the folders to go before when it moves by one place."""

    category: Category
    tags: list[TagRow]
    editors: list[str]
    may_edit: bool
    children: list["Branch"] = field(default_factory=list)
    up: str | None = None
    down: str | None = None


@permission_required("segmentation.view_tag", raise_exception=True)
def tree(request: HttpRequest) -> HttpResponse:
    """The folders with their tags, to be dragged or moved by buttons; what fits the search only."""
    query = request.GET.get("q", "").strip()
    branches = _branches(request)
    context = {
        "branches": [kept for one in branches if (kept := _fitting(one, query))] if query else branches,
        "q": query,
        "folders": Category.objects.order_by("path"),
        "may_change": request.user.has_perm("segmentation.change_category"),
        "may_move_tags": request.user.has_perm("segmentation.change_tag"),
    }
    return render(request, "segmentation/taxonomy/tree.html", context)


@require_POST
@permission_required("segmentation.view_tag", raise_exception=True)
def move(request: HttpRequest) -> HttpResponse:
    """A folder or a tag goes into another folder; a folder also before another one there."""
    if not any(request.user.has_perm(f"segmentation.change_{model}") for model in ("category", "tag")):
        raise PermissionDenied
    kind, _colon, key = request.POST.get("item", "").partition(":")
    parent = _named(request.POST.get("parent", ""))
    try:
        if kind == "category" and request.user.has_perm("segmentation.change_category"):
            before = _named(request.POST.get("before", ""))
            category = get_object_or_404(Category, key=key)
            services.move_category(category=category, parent=parent, before=before, by=request.user)
        elif kind == "tag" and request.user.has_perm("segmentation.change_tag"):
            if parent is None:
                raise SegmentationError(_("A tag has to be in a folder."), where="parent")
            services.update_tag(tag=get_object_or_404(Tag, key=key), category=parent, by=request.user)
        else:
            raise Http404
    except SegmentationError as error:
        messages.error(request, error.message)
    return redirect("segmentation:taxonomy")


@permission_required("segmentation.add_category", raise_exception=True)
def folder_new(request: HttpRequest) -> HttpResponse:
    """A new folder."""
    form = FolderForm(request.POST or None, initial={"parent": _named(request.GET.get("in", "")), "colour": NO_COLOUR})
    if request.method == "POST" and form.is_valid():
        key = free_key(Category, form.cleaned_data["name_en"], form.cleaned_data["name_zh"], otherwise="folder")
        try:
            made = services.create_category(
                key=key, parent=form.cleaned_data["parent"], by=request.user, **form.described
            )
            services.set_editors(category=made, editors=form.cleaned_data["editors"], by=request.user)
        except (SegmentationError, ValidationError) as error:
            form.add_error(None, _told(error))
        else:
            return redirect("segmentation:taxonomy")
    return render(request, "segmentation/taxonomy/folder.html", {"form": form}, status=422 if form.errors else 200)


@permission_required("segmentation.change_category", raise_exception=True)
def folder(request: HttpRequest, key: str) -> HttpResponse:
    """Names, colour and editors of a folder."""
    category = get_object_or_404(Category, key=key)
    initial = {name: getattr(category, name) for name in ("name_zh", "name_en", "description")}
    initial |= {"colour": category.colour or NO_COLOUR, "coloured": bool(category.colour)}
    form = FolderForm(request.POST or None, initial={**initial, "editors": category.editors.all()})
    del form.fields["parent"]
    if request.method == "POST" and form.is_valid():
        try:
            services.update_category(category=category, by=request.user, **form.described)
            services.set_editors(category=category, editors=form.cleaned_data["editors"], by=request.user)
        except (SegmentationError, ValidationError) as error:
            form.add_error(None, _told(error))
        else:
            return redirect("segmentation:taxonomy")
    others = Category.objects.order_by("path").exclude(path__startswith=category.path)
    context = {"form": form, "category": category, "others": others, "is_empty": _is_empty(category)}
    return render(request, "segmentation/taxonomy/folder.html", context, status=422 if form.errors else 200)


@require_POST
@permission_required("segmentation.delete_category", raise_exception=True)
def folder_delete(request: HttpRequest, key: str) -> HttpResponse:
    """An empty folder goes; one that is not goes with `move_to`, where everything in it goes first."""
    category = get_object_or_404(Category, key=key)
    try:
        services.delete_category(category=category, move_to=_named(request.POST.get("move_to", "")), by=request.user)
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:folder", key)
    messages.success(request, _("The folder is gone."))
    return redirect("segmentation:taxonomy")


@permission_required("segmentation.view_tag", raise_exception=True)
def export(request: HttpRequest) -> HttpResponse:
    """All definitions as a JSON file."""
    text = json.dumps(portable.exported(), ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="taxonomy.json"'
    return answer


@permission_required(portable.TAKES_IN, raise_exception=True)
def import_page(request: HttpRequest) -> HttpResponse:
    """First what a file would change, entry by entry; then, if one says so, the change."""
    context: dict[str, Any] = {"form": DefinitionsForm()}
    if request.method == "POST":
        form = DefinitionsForm(request.POST, request.FILES)
        context["form"] = form
        for_real = "take" in request.POST
        try:
            if form.is_valid():
                changes = portable.take_in(form.cleaned_data["document"], dry_run=not for_real, by=request.user)
                context |= {"changes": changes, "text": form.cleaned_data["text"], "done": for_real}
                context["counts"] = _counts(changes)
        except SegmentationError as error:
            form.add_error("file", error.message)
    return render(request, "segmentation/taxonomy/import.html", context)


def _counts(changes: list[portable.Change]) -> dict[str, int]:
    return {action: sum(one.action == action for one in changes) for action in ("new", "changed", "same", "refused")}


def _branches(request: HttpRequest) -> list[Branch]:
    """The tree from the top, each folder with its tags and whether this person may edit it."""
    top: list[Branch] = []
    open_branches: list[Branch] = []
    for node in selectors.taxonomy():
        del open_branches[node.depth - 1 :]
        editors = list(node.category.editors.all())
        follows = open_branches[-1].may_edit if open_branches else True
        may = folders.is_among(editors, request.user) if editors else follows
        branch = Branch(node.category, node.tags, [group.name for group in editors], may)
        (open_branches[-1].children if open_branches else top).append(branch)
        open_branches.append(branch)
    _number(top)
    return top


def _number(siblings: list[Branch]) -> None:
    keys = [one.category.key for one in siblings]
    for place, branch in enumerate(siblings):
        branch.up = keys[place - 1] if place else None
        branch.down = (keys[place + 2] if place + 2 < len(keys) else "") if place + 1 < len(keys) else None
        _number(branch.children)


def _fitting(branch: Branch, query: str) -> Branch | None:
    """The branch with what fits; all of it where its own name does."""
    if found_by(query, branch.category.key, branch.category.name_zh, branch.category.name_en):
        return branch
    tags = [row for row in branch.tags if found_by(query, row.tag.key, row.tag.name_zh, row.tag.name_en)]
    children = [kept for child in branch.children if (kept := _fitting(child, query))]
    if not tags and not children:
        return None
    return Branch(branch.category, tags, branch.editors, branch.may_edit, children)


def _named(key: str) -> Category | None:
    return get_object_or_404(Category, key=key) if key else None


def _is_empty(category: Category) -> bool:
    return not category.numchild and not Tag.everything.filter(category=category).exists()


def _told(error: SegmentationError | ValidationError) -> str:
    return error.message if isinstance(error, SegmentationError) else " ".join(error.messages)
