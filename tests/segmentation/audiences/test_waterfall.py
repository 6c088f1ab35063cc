"""The waterfall: exact sums, and nobody reached who must not be."""

from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from segmentation.audiences.holdout import held_out
from segmentation.audiences.waterfall import STEP_NAMES, waterfall

SALT = UUID(int=1)
sets = st.builds(BitMap, st.sets(st.integers(min_value=0, max_value=2_000)))
set_ups = st.fixed_dictionaries(
    {
        "matched": sets,
        "excluded": sets,
        "reachable": sets,
        "salt": st.uuids(),
        "holdout_percent": st.integers(min_value=0, max_value=50),
    }
)


@given(set_ups)
def test_each_step_leaves_what_the_one_before_left_less_what_it_removes(set_up):
    steps = waterfall(**set_up).steps
    assert [step.key for step in steps] == list(STEP_NAMES)
    assert steps[0].left == set_up["matched"]
    for before, step in pairwise(steps):
        assert step.removed <= before.left
        assert step.left == before.left - step.removed
    counts = waterfall(**set_up).counts()
    assert counts[0]["left"] == counts[-1]["left"] + sum(row["removed"] for row in counts)


@given(set_ups)
def test_nobody_excluded_without_consent_or_held_out_is_reached(set_up):
    fall = waterfall(**set_up)
    for customer in fall.reached:
        assert customer in set_up["matched"]
        assert customer not in set_up["excluded"]
        assert customer in set_up["reachable"]
        assert customer not in fall.held_out
    everybody = BitMap(range(2_001))
    assert fall.held_out <= held_out(everybody, salt=set_up["salt"], percent=set_up["holdout_percent"])


@given(set_ups)
def test_every_customer_who_matched_is_listed_under_exactly_one_step(set_up):
    fall = waterfall(**set_up)
    ends = [fall.members(key) for key in list(STEP_NAMES)[1:]]
    assert BitMap.union(*ends) == fall.members("matched")
    assert sum(map(len, ends)) == len(fall.members("matched"))


def test_the_holdout_states_the_number_expected_beside_the_exact_one():
    fall = waterfall(
        BitMap(range(1_000)),
        excluded=BitMap(range(200)),
        reachable=BitMap(range(100, 700)),
        salt=SALT,
        holdout_percent=10,
    )
    rows = {row["step"]: row for row in fall.counts()}
    assert rows["matched"] == {"step": "matched", "removed": 0, "left": 1_000}
    assert rows["excluded"] == {"step": "excluded", "removed": 200, "left": 800}
    assert rows["no_consent"] == {"step": "no_consent", "removed": 300, "left": 500}
    holdout = rows["holdout"]
    assert holdout["expected"] == 50.0
    assert holdout["removed"] == len(fall.held_out) == 500 - holdout["left"]
