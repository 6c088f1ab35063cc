"""DuckDB reads the lake's folder and can be brought to nothing else."""

from pathlib import Path

import duckdb
import pytest
from sqlglot import parse_one

from segmentation.engines.base import EngineError, Limits
from segmentation.engines.connection import LockedDatabase
from segmentation.engines.duckdb import DuckDB
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import shop_of

ESCAPES = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM read_text('{lake}/../outside.txt')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM '{outside}'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    "SELECT * FROM parquet_scan('s3://bucket/x.parquet')",
    "COPY (SELECT 1) TO '{outside}'",
    "COPY (SELECT 1) TO '/tmp/segtag-escape.csv'",
    "EXPORT DATABASE '/tmp/segtag-escape'",
    "ATTACH '/tmp/segtag-escape.db'",
    "ATTACH '{outside}' AS o (TYPE sqlite)",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '/tmp/x.duckdb_extension'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_directories = ['/']",
    "SET allowed_paths = ['/etc/passwd']",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '/'",
    "RESET enable_external_access",
    "PRAGMA enable_external_access",
    "SET autoload_known_extensions = true",
]


@pytest.fixture
def connection(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    lake = tmp_path / "lake"
    lake.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    return LockedDatabase(Limits(lake))._connection()


@pytest.mark.parametrize("sql", ESCAPES)
def test_a_way_out_is_refused(sql, connection, tmp_path):
    with pytest.raises(duckdb.Error):
        connection.cursor().execute(sql.format(lake=tmp_path / "lake", outside=tmp_path / "outside.txt")).fetchall()
    assert (tmp_path / "outside.txt").read_text() == "secret"


def test_the_lake_itself_can_be_read(duckdb, tmp_path):
    source = worlds.write(shop_of({"t_n": 1.0}), tmp_path)
    assert duckdb.query(parse_one("SELECT customer_id FROM customers"), source).to_pylist() == [{"customer_id": 1}]


@pytest.mark.parametrize(
    "sql", ["COPY (SELECT 1) TO 'x.csv'", "DROP TABLE customers", "CREATE TABLE x (a INT)", "SET threads = 8"]
)
def test_an_engine_runs_queries_only(sql, duckdb, tmp_path):
    source = worlds.write(shop_of({}), tmp_path)
    with pytest.raises(EngineError):
        duckdb.query(parse_one(sql, dialect="duckdb"), source)


def test_a_question_beyond_its_memory_fails_with_advice(tmp_path):
    database = LockedDatabase(Limits(tmp_path, memory="20MB"))
    with pytest.raises(EngineError) as caught:
        database.table("SELECT list(a.i) FROM range(20000000) a(i)")
    assert caught.value.code == "engine_out_of_memory"
    assert "SEGTAG_ENGINE_MEMORY" in caught.value.message


def test_an_engine_that_is_not_there_is_named(tmp_path):
    from segmentation import engines

    for name in ("compile", "mysql"):
        with pytest.raises(EngineError, match="SEGTAG_ENGINE"):
            engines.load(name, Limits(tmp_path))


def test_the_same_limits_give_the_same_engine(tmp_path):
    from segmentation import engines

    assert engines.load("duckdb", Limits(tmp_path)) is engines.load("duckdb", Limits(tmp_path))
    assert isinstance(engines.load("duckdb", Limits(tmp_path)), DuckDB)
