"""Claim: no pattern takes long, whatever it is made to do to those who try one way after another.

Each pattern of the corpus goes the way of a rule's: compiled, or refused, and then searched for in each text. What is
measured is the slowest of them, in time of the processor: the search runs in the thread that asks, and what others do
meanwhile is not the pattern's. A pattern that RE2 refuses costs what refusing it takes.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

from benchmarks.claims import Claim, at_most
from segmentation.rules.patterns import LONGEST, BadPattern, compiled, found

# Characters of a text; a trait or property rarely has more.
LENGTH = 10_000
EVIL = (
    "(a+)+$", "(a|aa)+$", "(a*)*b", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", r"(\w+\s?)*$",
    "(a|a?)+$", "(.*)*!", "^(a?){100}a{100}$", "(a{1,50}){1,20}$", "((a{1,10}){1,10}){1,9}$", "(.+){1,30}(.+){1,30}b",
    r"^([\w.-]+)+@([\w-]+\.)+[a-z]{2,}$", r"(\d+)*[^\d]$", "(?:(?:a*)*)*$", "(a+|b+|c+)*d", "(?i)(A+)+$",
    r"(\p{L}+\p{N}*)+$", "|".join("a" * n for n in range(1, 20)) + "$", "[^a]*" * 50, ".*" * (LONGEST // 2),
    "(((((((((a*)*)*)*)*)*)*)*)*)$", r"(a+)\1$", "(?=a+)b", "(a{1000}){1000}",
)  # fmt: skip
TEXTS = tuple(
    (part * LENGTH)[:LENGTH] + end for part, end in product(("a", "x", "ab ", "中", "a1", "A", "a.a@"), ("", "!", "b"))
)


def claims(repeat: int) -> Iterator[Claim]:
    """The slowest pattern with the slowest text, as often as is asked: never long, and mostly short."""
    slowest = [
        max((_milliseconds(pattern, text), pattern) for pattern in EVIL for text in TEXTS) for _ in range(repeat)
    ]
    print(f"slowest of {len(EVIL)} patterns over {len(TEXTS)} texts: {max(slowest)[1]}", flush=True)
    name = f"the slowest evil pattern over a text of {LENGTH:,} characters"
    yield at_most(f"{name}, ever", 50, "ms", [max(took for took, _ in slowest)])
    yield at_most(f"{name}, median", 20, "ms", [took for took, _ in slowest])


def _milliseconds(pattern: str, text: str) -> float:
    """Of compiling, or refusing, and searching."""
    compiled.cache_clear()
    start = time.thread_time()
    with suppress(BadPattern):
        found(pattern, text)
    return (time.thread_time() - start) * 1e3
