"""The taxonomy in the back office: an indented tree of categories, tags with their definitions, values."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from customers.readonly_admin import ReadOnlyAdmin
from segmentation.errors import SegmentationError
from segmentation.runs.services import request_run
from segmentation.tags import folders, services
from segmentation.tags.admin_forms import CategoryForm, TagForm
from segmentation.tags.governance import approve_tag, submit_tag
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Category, Tag, TagValue, TagVersion
from segmentation.tags.values import make_values
from segmentation.tasks import enqueue

ROUTINE = ("schedule", "schedule_day", "cron", "retries", "timeout_minutes", "alert_percent")
DESCRIPTIVE = ("category", "name_zh", "name_en", "description_zh", "description_en", *ROUTINE, "when_empty")
COLOURS = {Tag.Status.DRAFT: "info", Tag.Status.LIVE: "success", Tag.Status.RETIRED: "warning"}


def _told_who(form: Any, request: HttpRequest) -> Any:
    """The form's class, with the person who fills it in."""
    return type(form.__name__, (form,), {"by": request.user})


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    form = CategoryForm
    list_display = ("indented", "key", "tags")
    search_fields = ("key", "name_zh", "name_en")
    ordering = ("path",)
    sortable_by = ()
    list_per_page = 200

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(tag_count=Count("tags"))

    @display(description=_("name"))
    def indented(self, category: Category) -> str:
        return format_html('<span style="padding-left: {}rem">{}</span>', (category.depth - 1) * 1.5, category.name)

    @display(description=_("tags"))
    def tags(self, category: Any) -> int:
        return category.tag_count

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> tuple[str, ...]:
        return ("key",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Category, form: ModelForm, change: bool) -> None:
        given, names = form.cleaned_data, ("name_zh", "name_en", "description", "colour")
        described = {name: given[name] for name in names}
        if not change:
            made = services.create_category(key=obj.key, parent=given["parent"], by=request.user, **described)
            obj.pk, obj.path = made.pk, made.path
            return
        services.update_category(category=obj, by=request.user, **described)
        if given["parent"] != Category.objects.get_parent(obj):
            services.move_category(category=obj, parent=given["parent"], by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        services.set_editors(category=form.instance, editors=form.cleaned_data["editors"], by=request.user)

    def get_form(self, request: HttpRequest, obj: Category | None = None, change: bool = False, **options: Any) -> Any:
        return _told_who(super().get_form(request, obj, change, **options), request)

    def has_change_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return super().has_change_permission(request, obj) and folders.may_edit(obj, request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        empty = obj is not None and not obj.numchild and not obj.tags.exists() and folders.may_edit(obj, request.user)
        return empty and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        services.delete_category(category=obj, by=request.user)


class TagValueInline(TabularInline):
    """Values come from the definition; their names and colours may be changed."""

    model = TagValue
    fields = ("key", "name_zh", "name_en", "colour", "order")
    readonly_fields = ("key", "order")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return False


class TagVersionInline(TabularInline):
    model = TagVersion
    fields = readonly_fields = ("number", "state", "note", "created_by", "created_at", "reviewed_by", "answer")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return False


@admin.register(Tag)
class TagAdmin(ModelAdmin):
    form = TagForm
    list_display = ("shown_name", "key", "category", "shown_kind", "exclusive", "shown_status", "schedule", "owner")
    list_filter = ("status", "kind", "schedule")
    search_fields = ("key", "name_zh", "name_en")
    list_select_related = ("category", "owner")
    ordering = ("category__path", "pk")
    fields = ("key", "kind", "exclusive", *DESCRIPTIVE, "definition", "shown_status", "live_version", "last_run")
    inlines = (TagValueInline, TagVersionInline)
    actions = ("submit", "publish", "retire", "compute")

    @display(description=_("name"), ordering="key")
    def shown_name(self, tag: Tag) -> str:
        return tag.name

    @display(description=_("kind"), ordering="kind")
    def shown_kind(self, tag: Tag) -> str:
        return kind_of(tag.kind).labels.text(get_language() or "", tag.kind)

    @display(description=_("status"), ordering="status", label=COLOURS)
    def shown_status(self, tag: Tag) -> tuple[str, str]:
        return tag.status, tag.get_status_display()

    def get_readonly_fields(self, request: HttpRequest, obj: Tag | None = None) -> tuple[str, ...]:
        computed = ("shown_status", "live_version", "last_run")
        return (*computed, "key", "kind", "exclusive") if obj else computed

    def get_form(self, request: HttpRequest, obj: Tag | None = None, change: bool = False, **options: Any) -> Any:
        return _told_who(super().get_form(request, obj, change, **options), request)

    def has_change_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        free = obj is None or folders.may_edit(obj.category, request.user)
        return free and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Tag, form: ModelForm, change: bool) -> None:
        given = form.cleaned_data
        described = {name: given[name] for name in DESCRIPTIVE}
        definition = given["definition"]
        if not change:
            fixed = {name: given[name] for name in ("key", "kind", "exclusive")}
            obj.pk = services.create_tag(definition=definition, by=request.user, **fixed, **described).pk
            return
        services.update_tag(tag=obj, by=request.user, **described)
        if "definition" in form.changed_data:
            services.new_version(tag=obj, definition=definition, by=request.user)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        make_values(form.instance, ())

    def has_delete_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return False

    @admin.action(description=_("Submit the newest version for review"), permissions=["change"])
    def submit(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        self._each(request, queryset, lambda tag: submit_tag(tag=tag, by=request.user))

    @admin.action(description=_("Approve the version under review and make it live"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        def approve(tag: Tag) -> None:
            approve_tag(tag=tag, by=request.user)
            enqueue(request_run(kind="tags.compute", subject=tag.key, by=request.user))

        self._each(request, queryset, approve)

    @admin.action(description=_("Retire"), permissions=["publish"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        self._each(request, queryset, lambda tag: services.retire_tag(tag=tag, by=request.user))

    @admin.action(description=_("Compute now"), permissions=["run"])
    def compute(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        for tag in queryset.filter(status=Tag.Status.LIVE):
            enqueue(request_run(kind="tags.compute", subject=tag.key, by=request.user))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("segmentation.publish_tag")

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("segmentation.run_tag")

    def _each(self, request: HttpRequest, tags: QuerySet[Tag], change: Any) -> None:
        """Changes each; one that cannot is told and stops no other."""
        for tag in tags:
            try:
                change(tag)
            except SegmentationError as error:
                messages.error(request, f"{tag}: {error.message}")


@admin.register(TagVersion)
class TagVersionAdmin(ReadOnlyAdmin):
    list_display = ("tag", "number", "state", "created_by", "created_at", "reviewed_by")
    list_filter = ("state",)
    search_fields = ("tag__key",)
    list_select_related = ("tag", "created_by", "reviewed_by")


@admin.register(TagValue)
class TagValueAdmin(ReadOnlyAdmin):
    list_display = ("tag", "key", "name_zh", "name_en", "order")
    search_fields = ("tag__key", "key", "name_zh", "name_en")
    list_select_related = ("tag",)
