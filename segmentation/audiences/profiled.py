"""Whether an audience is chosen by profiling: by features, by tags of statistics or models, or by what uses these."""

from collections.abc import Iterator
from typing import Any

from segmentation import dependencies
from segmentation.audiences.models import Audience
from segmentation.rules.references import Name, named_in
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag


def by_profiling(audience: Audience) -> bool:
    """Also by way of segments and other tags, and when the best by a feature or score are chosen."""
    if audience.size_by:
        return True
    rows: dict[Name, Any] | None = None
    waiting, seen = [[audience.include, audience.exclude]], set[Name]()
    while waiting:
        document = waiting.pop()
        if _names_feature(document):
            return True
        new = named_in(document) - seen
        seen |= new
        if new and rows is None:
            rows = dependencies.rows()
        for row in (rows[name] for name in new if rows and name in rows):
            if isinstance(row, Tag) and kind_of(row.kind).profiles:
                return True
            waiting.append(list(_documents(row)))
    return False


def _documents(row: Any) -> Iterator[Any]:
    """The definition as it stands: of a tag, a segment or another audience."""
    if version := getattr(row, "live_version", None):
        yield getattr(version, "definition", None) or getattr(version, "rule", None)
    yield from (getattr(row, name, None) for name in ("include", "exclude"))


def _names_feature(document: Any) -> bool:
    if isinstance(document, list | tuple):
        return any(_names_feature(part) for part in document)
    if not isinstance(document, dict):
        return False
    return isinstance(document.get("feature"), str) or any(_names_feature(part) for part in document.values())
