"""Values that people give to single customers, one by one, with a reason and if need be an end."""

from typing import Annotated

import msgspec
from pyroaring import BitMap

from segmentation.rules.catalog import Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, Value
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The values to choose from, in order."""

    names: Annotated[list[ValueName], msgspec.Meta(min_length=1, max_length=100)]


class Manual(Kind[Definition]):
    """Whoever was given a value by the base date and still has it then. Nothing is computed.

    Giving a value works for every kind: in the others it overrides what is computed, here there is nothing else. The
    platform lays such values over each outcome; see `segmentation.tags.given`.
    """

    profiles = False
    labels = Labels("手工", "By hand")
    description = Labels(
        "由人员逐个标记，可设原因与有效期", "Given by people to single customers, with a reason and an end"
    )
    origin = "by_hand"
    example = Example(
        {"names": [{"key": "vip", "zh": "贵宾", "en": "VIP"}, {"key": "watch", "zh": "关注", "en": "Watch"}]},
        (
            (
                Labels("客服标为贵宾，有效至年底", "Service marked them VIP until the end of the year"),
                Labels("贵宾", "VIP"),
            ),
            (Labels("没有人标记", "Marked by nobody"), Labels("—", "—")),
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
        return Outcome(
            values, {value.key: context.given.get(value.key, BitMap()) & context.everybody for value in values}
        )

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        return Labels("由人员手工标记", "Given by a person")
