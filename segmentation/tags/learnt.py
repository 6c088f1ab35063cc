"""Values that are learnt from the data: the key of each text, kept from run to run, and how it is written."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from segmentation.rules.catalog import Labels
from segmentation.tags.kinds.base import Value


def learnt_keys(texts: Sequence[str], known: Mapping[str, Value]) -> dict[str, str]:
    """A key for each text: the one it has had before, else one like it that is free."""
    had = {str(value.detail["text"]): key for key, value in known.items() if "text" in value.detail}
    keys: dict[str, str] = {}
    for text in texts:
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        free = slug and text.isascii() and slug not in {*known, *keys.values()}
        keys[text] = had.get(text) or (slug if free else f"{slug}-{digest}".strip("-"))
    return keys


def learnt_value(key: str, text: str, spelling: Mapping[str, Labels]) -> Value:
    """The value of a text, written as the data do or as `spelling` says."""
    written = spelling.get(text, Labels())
    return Value(key, written.text("zh", text), written.text("en", text), detail={"text": text})
