"""Conditions on the shape of behaviour, drawn by hypothesis: sequences, stopped, shares, ranks and so on."""

from datetime import datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from segmentation.rules.measuring import numeric_measures
from segmentation.rules.periods import KINDS as PERIODS
from tests.segmentation.engines import worlds

Document = dict[str, Any]


@cache
def shapes(as_of: datetime) -> st.SearchStrategy[Document]:
    """A condition of any shape, but for plain measures."""
    return st.sampled_from([*SHAPES]).flatmap(lambda name: SHAPES[name](as_of))


def _parts() -> Any:
    # The other module draws trees of shapes.
    from tests.segmentation.engines import rule_documents

    return rule_documents


@cache
def doings(key: str, as_of: datetime) -> st.SearchStrategy[Document]:
    """Events or items that fit."""
    made = _parts()
    where = made.one_of(st.just(None), st.just(None), made._field(key, as_of, "property"))
    name = st.sampled_from((*worlds.EVENT_NAMES, "Order", "Order", "Order"))
    return st.tuples(name, where).map(lambda parts: {key: parts[0]} | ({"where": parts[1]} if parts[1] else {}))


KEYS = st.sampled_from(["event", "event", "items_of"])


def anything(as_of: datetime) -> st.SearchStrategy[Document]:
    return KEYS.flatmap(lambda key: doings(key, as_of))


def windows(as_of: datetime) -> st.SearchStrategy[Document]:
    return _parts().windows(as_of)


def bounded(as_of: datetime) -> st.SearchStrategy[Document]:
    return windows(as_of).filter(lambda window: "all_time" not in window)


def _fixed(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries(parts)


def first_ever(as_of: datetime) -> st.SearchStrategy[Document]:
    return _fixed(first_ever=anything(as_of), window=windows(as_of))


def stopped(as_of: datetime) -> st.SearchStrategy[Document]:
    needed = {"stopped": anything(as_of), "lately": bounded(as_of)}
    return st.fixed_dictionaries(needed, optional={"times": st.integers(1, 2)})


def restarted(as_of: datetime) -> st.SearchStrategy[Document]:
    days = st.sampled_from([1, 2, 3, 7, 8, 9, 30])
    return _fixed(restarted=anything(as_of), after_days=days, window=windows(as_of))


def regularly(as_of: datetime) -> st.SearchStrategy[Document]:
    def of(count: int) -> st.SearchStrategy[Document]:
        periods = st.sampled_from(PERIODS).map(lambda kind: {kind: count})
        return _fixed(regularly=anything(as_of), at_least=st.integers(1, min(count, 3)), of=periods)

    return st.sampled_from([1, 2, 3, 6, 14]).flatmap(of)


def more_often(as_of: datetime) -> st.SearchStrategy[Document]:
    def than(key: str) -> st.SearchStrategy[Document]:
        window = st.sampled_from([False, True]).flatmap(lambda own: windows(as_of) if own else st.none())
        pair = st.tuples(doings(key, as_of), window)
        other = pair.map(lambda parts: parts[0] | ({"window": parts[1]} if parts[1] else {}))
        return _fixed(more_often=doings(key, as_of), window=windows(as_of), than=other)

    return KEYS.flatmap(than)


def share(as_of: datetime) -> st.SearchStrategy[Document]:
    limits = {"is": 50, "at_least": 50, "more_than": 0, "at_most": 100, "less_than": 33.3, "between": [20, 60]}

    def of(key: str) -> st.SearchStrategy[Document]:
        judged = st.sampled_from([*limits, "is_missing", "is_present", "is_not"]).map(
            lambda op: {"op": op} | ({"value": limits[op]} if op in limits else {})
        )
        judged = judged.flatmap(
            lambda parts: (
                st.sampled_from([{"missing": "include"}, {"missing": "exclude"}]).map(
                    lambda missing: {"op": "is_not", "value": 50, **missing}
                )
                if parts["op"] == "is_not"
                else st.just(parts)
            )
        )
        measure = st.sampled_from([{"count": True}, {"sum": "n"}])
        parts = _fixed(share=doings(key, as_of), among=doings(key, as_of), measure=measure, window=windows(as_of))
        return st.tuples(parts, judged).map(lambda both: both[0] | both[1])

    return KEYS.flatmap(of)


def sequence(as_of: datetime) -> st.SearchStrategy[Document]:
    spans = st.sampled_from([{"days": 1}, {"days": 10}, {"hours": 24}, {"minutes": 1}, {"days": 400}])
    later = st.tuples(
        anything(as_of), st.fixed_dictionaries({}, optional={"within": spans, "without": anything(as_of)})
    )
    steps = st.tuples(anything(as_of), st.lists(later.map(lambda parts: parts[0] | parts[1]), min_size=1, max_size=3))
    return _fixed(sequence=steps.map(lambda parts: [parts[0], *parts[1]]), window=windows(as_of))


def top(as_of: datetime) -> st.SearchStrategy[Document]:
    limits = st.sampled_from(
        [{"count": 1}, {"count": 2}, {"count": 5}, {"percent": 10}, {"percent": 33.4}, {"percent": 100}]
    )

    def by(pair: tuple[str, str]) -> st.SearchStrategy[Document]:
        key, kind = pair
        measure = {kind: "n" if kind in {"sum", "average", "minimum", "maximum", "distinct"} else True}
        return _fixed(
            top=limits, by=doings(key, as_of).map(lambda doing: {**doing, "measure": measure}), window=windows(as_of)
        )

    return st.tuples(KEYS, st.sampled_from(numeric_measures())).flatmap(by)


SHAPES = {one.__name__: one for one in (first_ever, stopped, restarted, regularly, more_often, share, sequence, top)}
