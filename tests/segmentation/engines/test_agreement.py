"""DuckDB means exactly what the plain meaning says, on thousands of generated rules and customers."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from segmentation.engines.base import Engine
from segmentation.engines.memory import Memory
from segmentation.rules.describe import describe
from segmentation.rules.parse import canonical, parse
from segmentation.rules.schema import json_schema
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import opened
from tests.segmentation.engines.rule_documents import documents

RULES_PER_SHOP = 8
SHOPS = int(os.environ.get("SEGTAG_TEST_SHOPS", "120"))
PARTS = 5
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


@pytest.fixture(scope="module")
def lake() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def duckdb(lake: Path) -> Iterator[Engine]:
    with opened(lake) as engine:
        yield engine


@pytest.fixture(scope="module")
def by_sql(lake: Path) -> Iterator[Engine]:
    """The same without columns in memory."""
    with opened(lake, columns=0) as engine:
        yield engine


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@pytest.mark.parametrize("part", range(PARTS))
def test_duckdb_agrees_with_the_plain_meaning(part: int, lake: Path, duckdb: Engine, by_sql: Engine) -> None:
    """In parts, so that several testers share them; each part has rules and shops of its own."""

    @seed(part)
    @settings(
        max_examples=-(-SHOPS // PARTS),
        deadline=None,
        database=None,
        # A failure names the rule; making it smaller would take minutes.
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(data=st.data())
    def agrees(data: Any) -> None:
        _agrees(data, lake, duckdb, by_sql)

    agrees()


def _agrees(data: Any, lake: Path, duckdb: Engine, by_sql: Engine) -> None:
    zone, as_of = data.draw(st.sampled_from(worlds.MOMENTS))
    shop = data.draw(worlds.shops(as_of))
    source = worlds.write(shop, lake)
    memory = Memory()
    drawn = data.draw(st.lists(documents(as_of, zone), min_size=RULES_PER_SHOP, max_size=RULES_PER_SHOP))
    for number, document in enumerate(drawn):
        rule = parse(document, worlds.CATALOG)
        asked = {"as_of": as_of, "source": source, "references": shop.references}
        told = json.dumps(document, ensure_ascii=False)

        meant = memory.leaf_sets(rule, **asked)
        assert duckdb.leaf_sets(rule, **asked) == meant, told
        assert duckdb.members(rule, **asked) == memory.members(rule, **asked), told
        if number % 2:  # columns leave the rest to SQL anyway
            assert by_sql.leaf_sets(rule, **asked) == meant, told


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_rule_survives_being_written_and_read_and_fits_the_schema(data: Any) -> None:
    zone, as_of = data.draw(st.sampled_from(worlds.MOMENTS))
    document = data.draw(documents(as_of, zone))
    rule = parse(document, worlds.CATALOG)

    written = json.loads(json.dumps(canonical(rule)))

    assert parse(written, worlds.CATALOG) == rule
    assert canonical(parse(written, worlds.CATALOG)) == written
    VALIDATOR.validate(document)
    VALIDATOR.validate(written)
    assert describe(rule, worlds.CATALOG, "zh-hans", as_of).sentence
    assert describe(rule, worlds.CATALOG, "en", as_of).sentence
