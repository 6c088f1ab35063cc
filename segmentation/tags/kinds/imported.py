"""Values that another system knows: a list of customers and their values, uploaded or sent by the API."""

from typing import Annotated

import msgspec
from pyroaring import BitMap

from segmentation.rules.catalog import Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, Value
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The values that a list may contain, in order; the first wins where a customer has several."""

    names: Annotated[list[ValueName], msgspec.Meta(min_length=1, max_length=200)]


class Imported(Kind[Definition]):
    """Whoever the lists that were taken up to the base date name. A list replaces those before it or adds to them."""

    profiles = False
    labels = Labels("导入", "Imported")
    description = Labels("由文件或接口导入的取值", "Values from a file or over the API")
    origin = "imported"
    example = Example(
        {"names": [{"key": "vip", "zh": "贵宾", "en": "VIP"}, {"key": "plain", "zh": "普通", "en": "Plain"}]},
        (
            (Labels("名单中有“u17,vip”", "The list says “u17,vip”"), Labels("贵宾", "VIP")),
            (Labels("名单中没有", "Not on the list"), Labels("—", "—")),
        ),
    )
    shape = Definition
    always_exclusive = False

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        return name_problems(definition.names)

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(Value.named(name) for name in definition.names)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        values = self.values(definition)
        members = {value.key: context.listed.get(value.key, BitMap()) & context.everybody for value in values}
        return Outcome(values, members)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        return Labels("来自导入的名单", "From an imported list")
