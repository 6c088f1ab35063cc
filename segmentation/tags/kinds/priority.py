"""Several tags that answer the same question, merged: the first that knows an answer is believed."""

from typing import Annotated

import msgspec
from pyroaring import BitMap

from segmentation.rules.catalog import Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, Value
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem


class Source(msgspec.Struct, forbid_unknown_fields=True):
    """A tag, and which of its values stands for which of ours where the keys differ: {"m": "male"}."""

    tag: str
    called: dict[str, str] = {}


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The tags, the most trusted first, and the values of the merged one."""

    sources: Annotated[list[Source], msgspec.Meta(min_length=1, max_length=20)]
    names: Annotated[list[ValueName], msgspec.Meta(min_length=1, max_length=100)]


class Priority(Kind[Definition]):
    """What was declared before what was imported before what was predicted. The origin stays that of the source.

    A value of a source that is none of ours is no answer: the next source is asked. Of several values of one source
    the first in the order of `names` wins.
    """

    labels = Labels("优先级合并", "Priority merge")
    description = Labels(
        "多个同义标签按可信度合并，取第一个有值的", "Tags of one meaning merged, the most trusted first"
    )
    example = Example(
        {
            "sources": [{"tag": "declared", "called": {"m": "male"}}, {"tag": "guessed"}],
            "names": [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}],
        },
        (
            (
                Labels("本人填写为女，推测为男：先信本人", "Says female, guessed male: their own word counts"),
                Labels("女", "Female"),
            ),
            (Labels("未填写，推测为男", "Says nothing, guessed male"), Labels("男", "Male")),
            (Labels("都没有", "Neither"), Labels("—", "—")),
        ),
    )
    shape = Definition

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = name_problems(definition.names)
        own = {name.key for name in definition.names}
        for place, source in enumerate(definition.sources):
            if source.tag not in catalog.tags:
                found.append(problem(f"sources[{place}].tag", "unknown_name", name=source.tag))
                continue
            theirs = catalog.tags[source.tag].values
            for value, ours in source.called.items():
                where = f"sources[{place}].called.{value}"
                if value not in theirs:
                    found.append(problem(where, "unknown_value", name=source.tag, value=value))
                if ours not in own:
                    found.append(problem(where, "not_ours", value=ours))
        return found

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(Value.named(name) for name in definition.names)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        members = {name.key: BitMap() for name in definition.names}
        origins: dict[str, dict[str, BitMap]] = {}
        answered = BitMap()
        asked: list[int] = []
        for source in definition.sources:
            told = {key: BitMap() for key in members}
            for value, having in context.tagged(source.tag).items():
                ours = source.called.get(value, value)
                if ours in told:
                    told[ours] |= having & context.everybody
            before = BitMap(answered)
            for key in members:
                fresh = told[key] - answered
                members[key] |= fresh
                answered |= fresh
            asked.append(len(answered - before))
            self._trace(source, context, answered - before, origins)
        sources = [{"source": one.tag, "customers": n} for one, n in zip(definition.sources, asked, strict=True)]
        return Outcome(self.values(definition), members, {"sources": sources}, origins=origins)

    def _trace(self, source: Source, context: Context, fresh: BitMap, origins: dict[str, dict[str, BitMap]]) -> None:
        """Whoever this source answered for has the value from where the source has it."""
        for origin, by_value in context.tagged_from(source.tag).items():
            for value, having in by_value.items():
                into = origins.setdefault(origin, {})
                ours = source.called.get(value, value)
                into[ours] = into.get(ours, BitMap()) | (having & fresh)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        names = [asked.catalog.tags[one.tag].labels for one in definition.sources if one.tag in asked.catalog.tags]
        zh, en = "、".join(one.zh for one in names), ", ".join(one.en for one in names)
        return Labels(f"依次取自：{zh}", f"The first that has an answer of: {en}")
