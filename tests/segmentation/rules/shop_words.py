"""A catalogue for tests of the language alone."""

from datetime import datetime

from segmentation.rules.catalog import Catalog, Event, Field, Group, Labels

AS_OF = datetime.fromisoformat("2026-03-17T09:00:00+08:00")


def _fields(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


TRAITS = _fields(
    Field("country", "text", "t_country", Labels("国家", "Country")),
    Field("age", "number", "t_age", Labels("年龄", "Age")),
    Field("vip", "boolean", "t_vip", Labels("贵宾", "VIP")),
    Field("joined", "datetime", "t_joined", Labels("注册时间", "Joined")),
    Field("birthday", "date", "t_birthday", Labels("生日", "Birthday")),
    Field("interests", "text_list", "t_interests", Labels("兴趣", "Interests")),
)
ORDER = Event(
    "Order Completed",
    Labels("下单", "Order"),
    _fields(
        Field("total", "number", "p_total", Labels("金额", "Total")),
        Field("store", "text", "p_store", Labels("门店", "Store")),
    ),
    _fields(
        Field("category", "text", "category", Labels("品类", "Category")),
        Field("quantity", "number", "p_quantity", Labels("数量", "Quantity")),
    ),
)
POWER = Group(
    "spending-power",
    Labels("消费能力", "Spending power"),
    {"high": Labels("高", "High"), "medium": Labels("中", "Medium"), "low": Labels("低", "Low")},
)
CATALOG = Catalog(
    traits=TRAITS,
    features=_fields(Field("monetary", "number", "monetary", Labels("消费金额", "Monetary"))),
    events={"Order Completed": ORDER},
    tags={"spending-power": POWER},
    segments={"vip": Group("vip", Labels("贵宾", "VIP")), "new": Group("new", Labels("新客", "New"))},
    audiences={"spring-sale": Group("spring-sale", Labels("春季促销", "Spring sale"))},
    channels={"email": Labels("邮件", "e-mail")},
)


def rule(leaf: dict, **parts: object) -> dict:
    """A document around one node."""
    return {"version": 1, "rule": leaf, **parts}


COUNTRY = {"trait": "country", "op": "is", "value": "CN"}
DID = {"event": "Order Completed", "window": {"all_time": True}}


def did(**parts: object) -> dict:
    return {**DID, **parts}


def trait(name: str, op: str, *value: object, **parts: object) -> dict:
    return {"trait": name, "op": op, **({"value": value[0]} if value else {}), **parts}
