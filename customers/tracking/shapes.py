"""Which parts of a message become properties, traits, identifiers and further ids."""

from collections.abc import Mapping
from typing import Any

from customers.ingest.validate import JUNK_IDS

Row = Mapping[str, Any]

# Property of an event, by where the context says it. What tells who somebody is (IP address, traits) stays out.
_CONTEXT = {
    "page_path": ("page", "path"),
    "page_url": ("page", "url"),
    "referrer": ("page", "referrer"),
    "utm_source": ("campaign", "source"),
    "utm_medium": ("campaign", "medium"),
    "utm_campaign": ("campaign", "name"),
    "app_version": ("app", "version"),
    "device_type": ("device", "type"),
    "os": ("os", "name"),
}
_LONGEST_ID = 180


def context_properties(context: Row) -> dict[str, Any]:
    """What the context says of an event, under names of its own."""
    if not context:
        return {}
    found: dict[str, Any] = {}
    for name, (part, field) in _CONTEXT.items():
        about = context.get(part)
        value = about.get(field) if isinstance(about, dict) else None
        if isinstance(value, str) and value:
            found[name] = value
    return found


def ids_beside(context: Row) -> tuple[tuple[str, str], ...]:
    """Ids of the customer other than user and anonymous id, as (kind, value): device, and ids of other platforms."""
    found: list[tuple[str, str]] = []
    device = context.get("device")
    if isinstance(device, dict) and (value := _usable(device.get("id"))):
        found.append(("device", value))
    outside = context.get("externalIds")
    for told in outside if isinstance(outside, list) else ():
        if isinstance(told, dict) and isinstance(told.get("type"), str) and (value := _usable(told.get("id"))):
            found.append(("platform", f"{told['type'][:19]}:{value}"))
    return tuple(found)


def split_traits(traits: Row) -> tuple[dict[str, Any], dict[str, str]]:
    """Traits in the open, and the identifiers among them, which are kept encrypted."""
    told = dict(traits)
    person: dict[str, str] = {}
    for field in ("name", "email", "phone"):
        if isinstance(value := told.pop(field, None), str | int) and not isinstance(value, bool):
            person[field] = str(value).strip()
    names = [told.pop(field, None) for field in ("firstName", "lastName")]
    if not person.get("name") and (known := [str(name) for name in names if name]):
        person["name"] = " ".join(known)
    address = told.pop("address", None)
    if isinstance(address, dict):
        address = ", ".join(str(part) for part in address.values() if part)
    if isinstance(address, str) and address:
        person["address"] = address
    return told, person


def orderly_products(properties: dict[str, Any]) -> dict[str, Any]:
    """Items of an order as the rules expect them: Segment's `product_id` is a SKU, price times quantity an amount."""
    products = properties.get("products")
    if isinstance(products, list) and products and all(isinstance(item, dict) for item in products):
        return {**properties, "products": [_item(item) for item in products]}
    if products is None:
        properties.pop("products", None)
    return properties


def _item(item: dict[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if "sku" not in item and isinstance(item.get("product_id"), str | int):
        more["sku"] = str(item["product_id"])
    price, quantity = item.get("price"), item.get("quantity", 1)
    if "amount" not in item and _is_number(price) and _is_number(quantity):
        more["amount"] = round(price * quantity, 2)
    return {**item, **more} if more else item


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _usable(value: object) -> str:
    """An id that says something: not one of those that broken clients send, nor only zeros."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    junk = text.lower() in JUNK_IDS or not text.strip("0-") or len(text) > _LONGEST_ID or "\0" in text
    return "" if junk or not text.isprintable() else text
