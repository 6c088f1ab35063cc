"""Sources, messages set aside and merges in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from customers.models import IdentityLink, MergeLog, QuarantinedMessage, Source
from customers.readonly_admin import FactAdmin
from customers.tracking import quarantine, sources

STATES = {
    QuarantinedMessage.State.WAITING: "warning",
    QuarantinedMessage.State.REPLAYED: "success",
    QuarantinedMessage.State.DROPPED: "info",
}


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    """The write key is shown once, when it is made."""

    list_display = ("name", "platform", "key_start", "enabled", "rate_limit", "created_at")
    list_filter = ("enabled", "platform")
    search_fields = ("name",)
    fields = ("name", "platform", "enabled", "rate_limit", "key_start", "created_at", "created_by")
    readonly_fields = ("key_start", "created_at", "created_by")
    actions = ("renew_key",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Source, form: ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made, key = sources.create_source(name=obj.name, platform=obj.platform, by=request.user)  # type: ignore[arg-type]
        Source.objects.filter(pk=made.pk).update(enabled=obj.enabled, rate_limit=obj.rate_limit)
        obj.pk = made.pk
        obj.refresh_from_db()
        self._show(request, obj, key)

    @admin.action(description=_("Give a new write key; the old one ends now"), permissions=["change"])
    def renew_key(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            self._show(request, source, sources.renew_key(source=source, by=request.user))  # type: ignore[arg-type]

    def _show(self, request: HttpRequest, source: Source, key: str) -> None:
        told = _("The write key of %(source)s, shown this once: %(key)s")
        messages.warning(request, told % {"source": source.name, "key": key})


@admin.register(QuarantinedMessage)
class QuarantinedMessageAdmin(FactAdmin):
    """What it says stays encrypted; why it was set aside is shown."""

    list_display = ("received_at", "source", "kind", "event", "shown_reason", "shown_state", "size")
    list_filter = ("state", "reason", "source")
    list_select_related = ("source",)
    search_fields = ("=message_id",)
    fields = ("received_at", "source", "kind", "event", "message_id", "shown_reason", "state", "size")
    readonly_fields = fields
    ordering = ("-id",)
    actions = ("replay", "drop")

    @display(description=_("reason"), ordering="reason")
    def shown_reason(self, message: QuarantinedMessage) -> str:
        return str(quarantine.REASONS.get(message.reason, message.reason))

    @display(description=_("state"), ordering="state", label=STATES)
    def shown_state(self, message: QuarantinedMessage) -> tuple[str, str]:
        return message.state, message.get_state_display()

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.change_quarantinedmessage")

    @admin.action(description=_("Try again to store them"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[QuarantinedMessage]) -> None:
        stored = sum(quarantine.replay(kept=kept) for kept in queryset)
        left = queryset.count() - stored
        told = ngettext("%(count)d message is stored now.", "%(count)d messages are stored now.", stored)
        messages.info(request, told % {"count": stored})
        if left:
            told = ngettext("%(count)d stays as it was.", "%(count)d stay as they were.", left)
            messages.warning(request, told % {"count": left})

    @admin.action(description=_("Drop them for good"), permissions=["replay"])
    def drop(self, request: HttpRequest, queryset: QuerySet[QuarantinedMessage]) -> None:
        quarantine.drop(messages=queryset)


@admin.register(IdentityLink)
class IdentityLinkAdmin(FactAdmin):
    list_display = ("first", "second", "kind", "at", "cut_at")
    list_filter = ("kind",)
    list_select_related = ("first", "second")
    ordering = ("-id",)


@admin.register(MergeLog)
class MergeLogAdmin(FactAdmin):
    list_display = ("at", "customer", "before", "after", "by")
    list_select_related = ("customer", "by")
    search_fields = ("=customer__external_id",)
