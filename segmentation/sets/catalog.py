"""What rules of this shop can speak of: the catalogue of facts, the features, and the named sets."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.utils import translation

from customers.models import Channel, EventType, Property, Trait
from customers.models.catalogue import TypedField
from customers.plugins import load_all
from segmentation.lake.tables import PRODUCT_COLUMNS, item_column
from segmentation.profiles.features.base import Feature
from segmentation.rules.catalog import DATETIME, TEXT, Catalog, Event, Field, Group, Labels
from segmentation.rules.origins import ORIGINS
from segmentation.sets.models import NamedSet
from segmentation.sets.origins import KINDS, PREFIX

FEATURES = "segmentation.profiles.features"
PRODUCT_LABELS = {
    "sku": Labels("商品编号", "SKU"),
    "name": Labels("商品名称", "product name"),
    "category": Labels("品类", "category"),
    "category_path": Labels("完整品类", "category path"),
    "brand": Labels("品牌", "brand"),
}

# What every customer has; a trait of the same name goes before.
OF_ALL_CUSTOMERS = {"first_seen": Field("first_seen", DATETIME, "first_seen", Labels("首次出现时间", "first seen"))}


def rule_catalog() -> Catalog:
    """Everything there is now, by the names that rules use."""
    groups = _groups()
    return Catalog(
        traits=OF_ALL_CUSTOMERS | {trait.name: _field(trait, trait.column) for trait in Trait.objects.order_by("name")},
        features=_features(),
        events=_events(),
        tags=_tags(groups),
        segments=groups[NamedSet.Kind.SEGMENT],
        audiences=groups[NamedSet.Kind.AUDIENCE],
        channels={channel.value: _in_both(channel) for channel in Channel},
        timezone=settings.TIME_ZONE,
    )


def _field(known: TypedField, column: str) -> Field:
    return Field(known.name, known.type, column, Labels(known.label_zh, known.label_en))


def _features() -> dict[str, Field]:
    return {
        key: Field(key, feature.type, key, Labels(feature.name_zh, feature.name_en))
        for key, feature in load_all(FEATURES, Feature).items()
    }


def _events() -> dict[str, Event]:
    kinds = EventType.objects.prefetch_related("properties").order_by("name")
    return {kind.name: _event(kind, kind.properties.all()) for kind in kinds}


def _event(kind: EventType, properties: Iterable[Property]) -> Event:
    scopes: dict[str, dict[str, Field]] = defaultdict(dict)
    for known in properties:
        in_items = known.scope == Property.Scope.ITEM
        column = item_column(known.name, known.column) if in_items else known.column
        scopes[known.scope][known.name] = _field(known, column)
    items = scopes[Property.Scope.ITEM]
    if items:
        # What a product says of itself is text, whatever type an item's own value was learnt with.
        items |= {name: Field(name, TEXT, name, PRODUCT_LABELS[name]) for name in PRODUCT_COLUMNS}
    return Event(kind.name, Labels(kind.label_zh, kind.label_en), scopes[Property.Scope.EVENT], items)


def _groups() -> dict[str, dict[str, Group]]:
    """Tags with their values, segments and audiences, by kind and key."""
    found: dict[str, dict[str, Group]] = defaultdict(dict)
    for row in NamedSet.objects.filter(binned=False).order_by("kind", "key", "order", "value"):
        group = found[row.kind].setdefault(row.key, Group(row.key, Labels(row.label_zh, row.label_en), {}))
        if row.value:
            group.values[row.value] = Labels(row.value_label_zh, row.value_label_en)  # type: ignore[index]
    return found


def _tags(groups: dict[str, dict[str, Group]]) -> dict[str, Group]:
    """The tags, each with the origins that its values have."""
    usual: dict[str, set[str]] = defaultdict(set)
    rows = NamedSet.objects.filter(kind=NamedSet.Kind.TAG_VALUE, binned=False).exclude(origin="")
    for key, origin in rows.order_by().values_list("key", "origin").distinct():
        usual[key].add(origin)
    for kind in KINDS:
        for key in groups.get(kind, ()):
            usual[key].add(kind.removeprefix(PREFIX))
    return {
        key: replace(tag, origins=tuple(origin for origin in ORIGINS if origin in usual[key]))
        for key, tag in groups[NamedSet.Kind.TAG_VALUE].items()
    }


def _in_both(channel: Channel) -> Labels:
    texts = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            texts[language] = str(channel.label)
    return Labels(texts["zh-hans"], texts["en"])
