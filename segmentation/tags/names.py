"""Names that a definition gives to values, in two languages."""

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec

from segmentation.rules.catalog import Labels
from segmentation.tags.problems import Problem, problem

KEY_FORM = r"[a-z0-9][a-z0-9-]*"
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class ValueName(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A value's key and its names."""

    key: Annotated[str, msgspec.Meta(max_length=60)]
    zh: Text
    en: Text
    colour: str = ""

    @property
    def labels(self) -> Labels:
        return Labels(self.zh, self.en)


def name_problems(names: Sequence[ValueName], path: str = "names") -> list[Problem]:
    """Keys that are none, or are there twice."""
    found = []
    for place, name in enumerate(names):
        found += key_problems(name, f"{path}[{place}]")
        if name.key in {earlier.key for earlier in names[:place]}:
            found.append(problem(f"{path}[{place}].key", "repeated", found=name.key))
    return found


def key_problems(name: ValueName, path: str) -> list[Problem]:
    """A key that is none."""
    return [] if re.fullmatch(KEY_FORM, name.key) else [problem(f"{path}.key", "bad_key", found=name.key)]
