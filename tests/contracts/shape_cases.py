"""Worked examples of the shapes of behaviour, over the history of the four customers of test_predicates.py."""

from datetime import UTC, datetime
from typing import Any

from tests.segmentation.engines import worlds

EVER = {"all_time": True}
RECENT = {"recent_days": 30}
VISIT, BUY, REFUND = ({"event": "View", "where": {"property": "s", "op": "is", "value": text}} for text in "abc")


def with_history(shop: worlds.Shop) -> None:
    """Views: a is a visit, b a purchase, c a refund. Asked on 17 March 2026 at nine in Shanghai."""
    history = {
        1: "a03-01 b03-05 a03-10 c03-11 b03-12",
        2: "a2025-11-01 b2025-11-20 b03-10",
        3: "b03-10 a03-10T12:00",
    }
    for customer, days in history.items():
        for one in days.split():
            what, when = one[0], one[1:] if one[1:].startswith("20") else f"2026-{one[1:]}"
            row = {"event_id": 100 + len(shop.events), "customer_id": customer, "event": "View"}
            time = datetime.fromisoformat(when).replace(tzinfo=UTC)
            shop.events.append({**row, "time": time, "p_s": what, "p_n": float(ord(what) - ord("a"))})


def sequence(*steps: dict[str, Any], window: dict[str, Any] = EVER) -> dict[str, Any]:
    return {"sequence": list(steps), "window": window}


def share(op: str, value: float | None = None, **parts: Any) -> dict[str, Any]:
    leaf = {"share": BUY, "among": {"event": "View"}, "op": op, "window": EVER, **parts}
    return leaf if value is None else {**leaf, "value": value}


def top(limit: dict[str, Any], measure: dict[str, Any], window: dict[str, Any] = EVER) -> dict[str, Any]:
    return {"top": limit, "by": {"event": "View", "measure": measure}, "window": window}


# Leaf, and whom it means.
CASES: dict[str, list[tuple[dict[str, Any], list[int]]]] = {
    "first_ever": [
        ({"first_ever": BUY, "window": RECENT}, [1, 3]),
        ({"first_ever": BUY, "window": EVER}, [1, 2, 3]),
        ({"first_ever": {"items_of": "Order"}, "window": RECENT}, [1, 2]),
    ],
    "stopped": [
        ({"stopped": VISIT, "lately": RECENT}, [2]),
        ({"stopped": {"event": "View"}, "lately": {"calendar": "today"}}, [1, 2, 3]),
        ({"stopped": BUY, "times": 2, "lately": {"calendar": "today"}}, [1, 2]),
        # Nothing after the moment counts, not even for a window that is yet to come.
        ({"stopped": BUY, "lately": {"between": ["2027-01-01", "2027-02-01"]}}, [1, 2, 3]),
    ],
    "restarted": [
        ({"restarted": BUY, "after_days": 90, "window": RECENT}, [2]),
        ({"restarted": BUY, "after_days": 7, "window": RECENT}, [1, 2]),
        ({"restarted": BUY, "after_days": 8, "window": RECENT}, [2]),
        ({"restarted": BUY, "after_days": 111, "window": RECENT}, []),
    ],
    "regularly": [
        ({"regularly": BUY, "at_least": 2, "of": {"past_weeks": 2}}, [1]),
        ({"regularly": BUY, "at_least": 2, "of": {"recent_weeks": 2}}, []),
        ({"regularly": {"event": "View"}, "at_least": 2, "of": {"recent_months": 5}}, [2]),
        ({"regularly": {"event": "View"}, "at_least": 2, "of": {"recent_years": 2}}, [2]),
        ({"regularly": {"event": "View"}, "at_least": 1, "of": {"past_quarters": 1}}, [2]),
        ({"regularly": {"event": "View"}, "at_least": 5, "of": {"past_days": 17}}, [1]),
    ],
    "more_often": [
        ({"more_often": BUY, "window": EVER, "than": VISIT}, [2]),
        ({"more_often": BUY, "window": RECENT, "than": REFUND}, [1, 2, 3]),
        (
            {
                "more_often": {"event": "View"},
                "window": {"between": ["2026-01-01", "2026-03-17"]},
                "than": {"event": "View", "window": {"between": ["2025-01-01", "2026-01-01"]}},
            },
            [1, 3],
        ),
    ],
    "share": [
        (share("at_least", 50), [2, 3]),
        (share("is", 40), [1]),
        (share("is_missing"), [4]),
        (share("less_than", 50), [1]),
        (share("is_not", 50, missing="include"), [1, 2, 4]),
        # b is 1 each, c is 2.
        (share("is", 50, measure={"sum": "n"}), [1]),
    ],
    "sequence": [
        (sequence(VISIT, BUY), [1, 2]),
        (sequence(BUY, VISIT), [1, 3]),
        (sequence(VISIT, {**BUY, "within": {"days": 2}}), [1]),
        (sequence(VISIT, {**BUY, "within": {"hours": 47}}), []),
        (sequence(VISIT, {**BUY, "within": {"days": 2}, "without": REFUND}), []),
        (sequence(VISIT, {**BUY, "without": REFUND}), [1, 2]),
        (sequence(VISIT, BUY, VISIT, REFUND, BUY), [1]),
        (sequence(VISIT, BUY, window=RECENT), [1]),
        (sequence({"event": "View"}, {"event": "View"}, {"event": "View"}, {"event": "View"}), [1]),
        (sequence({"items_of": "Order"}, BUY), [1, 2]),
    ],
    "top": [
        (top({"count": 1}, {"count": True}), [1]),
        # Second and no third: equals share a rank.
        (top({"count": 2}, {"maximum": "n"}), [1, 2, 3]),
        (top({"percent": 34}, {"count": True}), [1, 2]),
        (top({"percent": 33}, {"count": True}), [1]),
        (top({"percent": 100}, {"sum": "n"}), [1, 2, 3]),
        (top({"count": 1}, {"average": "n"}), [1]),
        (top({"count": 9}, {"active_days": True}, RECENT), [1, 2, 3]),
    ],
}
