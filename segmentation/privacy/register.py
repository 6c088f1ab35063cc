"""The register of processing: what data are used for what, read from what really runs, with what people say of it.

Uses are tags, segments and audiences as they stand, each with the events, traits and features that it is made of in the
end, and the class of each field. Recipients are where audiences and messages go. People add purposes: see `purposes`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import consent
from customers.models import Property, Trait
from customers.models.catalogue import FieldClass
from segmentation import dependencies
from segmentation.activation.delivery_models import DeliveryPlan
from segmentation.activation.selectors import destinations
from segmentation.audiences.models import Audience
from segmentation.audiences.profiled import by_profiling
from segmentation.health.lineage import KIND_LABELS, Lineage, lineage
from segmentation.segments.models import Segment
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag, in_language
from segmentation.webhooks.models import WebhookEndpoint

PAGES = {kind: f"segmentation:{kind}_detail" for kind in ("tag", "segment", "audience")}
# The purpose of all that draws conclusions and reaches nobody by itself.
PROFILING = consent.PROFILING
FACTS = ("event", "trait", "feature")


@dataclass(frozen=True)
class FieldUse:
    """A field that something is made of: its kind (event, trait, feature, property), name and class."""

    kind: str
    name: str
    label: str
    personal: bool

    @property
    def class_label(self) -> Promise | str:
        """Its class, in words."""
        if self.kind == "feature":
            return _("Derived")
        return FieldClass.PERSONAL.label if self.personal else FieldClass.BEHAVIOURAL.label


@dataclass(frozen=True)
class Use:
    """Something that is computed of customers. `profiles`: by statistics or models; `automatic`: by timetable."""

    kind: str
    key: str
    label: str
    how: str
    purpose: str
    fields: tuple[FieldUse, ...]
    profiles: bool
    automatic: bool

    @property
    def kind_label(self) -> str:
        return str(KIND_LABELS[self.kind])

    @property
    def url(self) -> str:
        return reverse(PAGES[self.kind], args=[self.key])

    @property
    def personal(self) -> list[FieldUse]:
        """The fields of the class personal among those it is made of."""
        return [field for field in self.fields if field.personal]


@dataclass(frozen=True)
class Recipient:
    """Somebody whom data go to: where, what, how often, and whether contact data go in full."""

    name: str
    how: str
    host: str
    what: str
    purpose: str
    automatic: bool
    reveals: bool
    url: str


def uses() -> list[Use]:
    """Everything that is live or drawn up, in the order of the flow."""
    drawn, classes = lineage(), _classes()
    found = [
        _use(kind, row, drawn, classes)
        for (kind, _key), row in dependencies.rows().items()
        if not (isinstance(row, Tag | Segment) and row.status == "retired")
    ]
    order = list(PAGES)
    return sorted(found, key=lambda use: (order.index(use.kind), use.label))


def recipients() -> list[Recipient]:
    """Deliveries and webhooks; exported files go to whoever exports them, which the access log tells."""
    names = destinations()
    plans = DeliveryPlan.objects.select_related("audience").order_by("pk")
    told = [
        Recipient(
            plan.name, names.get(plan.destination, plan.destination), _host(plan.told.values()), plan.audience.name,
            plan.audience.purpose, bool(plan.timetable) and plan.active, bool(plan.options.get("reveals")),
            reverse("segmentation:delivery_detail", args=[plan.pk]),
        )
        for plan in plans
    ]  # fmt: skip
    hooks = WebhookEndpoint.objects.filter(enabled=True).order_by("name")
    return told + [
        Recipient(
            hook.name, "Webhook", _host([hook.url]),
            ", ".join(hook.subjects) or gettext("all tags, segments, audiences"),
            PROFILING, True, False, reverse("segmentation:webhook_detail", args=[hook.pk]),
        )
        for hook in hooks
    ]  # fmt: skip


def _use(kind: str, row: Any, drawn: Lineage, classes: dict[tuple[str, str], bool]) -> Use:
    made_of = _made_of((kind, row.key), drawn)
    fields = [
        FieldUse(node.kind, node.key, node.label, classes.get((node.kind, node.key), False))
        for node in made_of
        if node.kind in FACTS
    ]
    fields += _properties(row, classes)
    how, profiles, automatic = _how(row)
    purpose = row.purpose if isinstance(row, Audience) else PROFILING
    return Use(kind, row.key, row.name, how, purpose, tuple(dict.fromkeys(fields)), profiles, automatic)


def _how(row: Any) -> tuple[str, bool, bool]:
    """By what it is made, whether that is profiling, and whether a timetable does it."""
    by_itself = getattr(row, "schedule", "manual") != "manual"
    if isinstance(row, Tag):
        kind = kind_of(row.kind)
        return in_language(kind.labels.zh, kind.labels.en), kind.profiles, by_itself
    if isinstance(row, Audience):
        plans = [plan for plan in row.deliveries.all() if plan.active and plan.timetable]
        return gettext("audience"), by_profiling(row), bool(plans)
    return gettext("segment"), False, by_itself


def _made_of(name: tuple[str, str], drawn: Lineage) -> list[Any]:
    """The nodes that feed it, directly or by way of others."""
    feeding: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for source, fed in drawn.edges:
        feeding.setdefault(fed, set()).add(source)
    found, waiting = set[tuple[str, str]](), [name]
    while waiting:
        new = feeding.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return [drawn.nodes[one] for one in sorted(found)]


def _properties(row: Any, classes: dict[tuple[str, str], bool]) -> list[FieldUse]:
    """Properties of the class personal that its own definition names."""
    version = getattr(row, "live_version", None)
    document = getattr(version, "definition", None) or getattr(version, "rule", None) or [
        getattr(row, "include", None), getattr(row, "exclude", None),
    ]  # fmt: skip
    named = set(_texts(document))
    personal = sorted(name for (kind, name), is_personal in classes.items() if kind == "property" and is_personal)
    return [FieldUse("property", name, name, True) for name in personal if name in named]


def _texts(document: Any) -> Iterable[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for part in document.values():
            yield from _texts(part)
    elif isinstance(document, list | tuple):
        for part in document:
            yield from _texts(part)


def _classes() -> dict[tuple[str, str], bool]:
    """Whether a trait or a property of some event is personal."""
    traits = {
        ("trait", name): kind == FieldClass.PERSONAL for name, kind in Trait.objects.values_list("name", "field_class")
    }
    personal = Property.objects.filter(field_class=FieldClass.PERSONAL).values_list("name", flat=True)
    return traits | {("property", name): True for name in personal}


def _host(values: Iterable[Any]) -> str:
    """The first address among what a destination was told, without its path."""
    for value in values:
        if isinstance(value, str) and (host := urlsplit(value).hostname):
            return host
    return ""
