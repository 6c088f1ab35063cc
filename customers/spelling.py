"""Chinese in Latin letters: for keys that people can read, and for a search by pinyin, whole or by first letters."""

import re
from functools import lru_cache
from typing import Any

from django.utils.text import slugify

LONGEST_KEY = 50


@lru_cache(maxsize=4096)
def syllables(text: str) -> tuple[str, ...]:
    """The words of a text in lower-case Latin letters, one for each Chinese character, in order.

    >>> syllables("重庆 VIP客户")
    ('chong', 'qing', 'vip', 'ke', 'hu')
    """
    # Its dictionaries of phrases take 57 MB: read when the first Chinese is spelt, not by every process.
    from pypinyin import lazy_pinyin  # noqa: PLC0415 (see above)

    return tuple(word for part in lazy_pinyin(text) for word in re.findall(r"\w+", part.lower()))


@lru_cache(maxsize=4096)
def spellings(text: str) -> str:
    """What a search looks into: the text as it is, its pinyin in one word, and the first letters of that.

    >>> spellings("高价值").split()
    ['高价值', 'gaojiazhi', 'gjz']
    """
    if text.isascii():
        return text.lower()
    words = syllables(text)
    return f"{text.lower()}\n{''.join(words)}\n{''.join(word[0] for word in words)}"


def found_by(query: str, *texts: str) -> bool:
    """Whether one of the texts holds the query, as it is written or as it is spelt; every text holds an empty one."""
    wanted = query.strip().lower()
    apart = re.sub(r"[\s'’]+", "", wanted)
    return any(wanted in spelt or (apart and apart in spelt) for spelt in map(spellings, texts))


def readable_key(*names: str) -> str:
    """A key from the first name that has letters for one; of Chinese, its pinyin. Empty when none has.

    >>> readable_key("高价值客户"), readable_key("春节 2026", "Spring festival")
    ('gao-jia-zhi-ke-hu', 'chun-jie-2026')
    """
    made = (slugify(name if name.isascii() else "-".join(syllables(name)))[:LONGEST_KEY].strip("-") for name in names)
    return next((key for key in made if re.search("[a-z]{2}", key)), "")


def free_key(model: Any, *names: str, otherwise: str) -> str:
    """A readable key that no row of this model has; of `otherwise` when the names have no letters for one.

    What is in the recycle bin has its key still.
    """
    wanted = readable_key(*names) or otherwise
    rows = getattr(model, "everything", model.objects)
    taken = set(rows.filter(key__startswith=wanted).values_list("key", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)
