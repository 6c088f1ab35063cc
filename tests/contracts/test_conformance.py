"""The published golden cases of the rule language come out in every engine."""

import json

import pytest

from customers.plugins import names
from segmentation.engines.memory import Memory
from segmentation.rules.parse import canonical, parse
from segmentation.rules.problems import RuleError
from tests.contracts.conformance import FILES, catalog_of, worlds_of
from tests.segmentation.engines import worlds
from tests.segmentation.engines.conftest import by_sql, duckdb  # noqa: F401 (fixtures)

LEAST_CASES = 300
DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}


def cases(document):
    return [case for world in document["worlds"] for case in world["cases"]]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_case_comes_out_in_every_engine(name, tmp_path, duckdb, by_sql):  # noqa: F811
    catalog = catalog_of(DOCUMENTS[name]["catalog"])
    wrong = []
    for world in worlds_of(DOCUMENTS[name], catalog):
        source = worlds.write(world.shop, tmp_path)
        for case in world.cases:
            if "refused" in case:
                continue
            rule = parse(world.document(case), catalog)
            about = {"as_of": world.as_of, "source": source, "references": world.shop.references}
            for engine in (Memory(), duckdb, by_sql):
                found = list(engine.members(rule, **about))
                if found != case["members"]:
                    wrong.append((world.about, case["name"], type(engine).__name__, found, case["members"]))
    assert wrong == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_rule_is_refused_or_survives_being_written(name):
    catalog = catalog_of(DOCUMENTS[name]["catalog"])
    for case in cases(DOCUMENTS[name]):
        document = {"version": 1, "rule": case["rule"]}
        if "refused" in case:
            with pytest.raises(RuleError) as caught:
                parse(document, catalog)
            assert [problem.path for problem in caught.value.problems] == case["refused"], case["name"]
        else:
            read = parse(document, catalog)
            assert parse(canonical(read), catalog) == read


def test_there_are_enough_cases_with_both_answers():
    members = [len(case["members"]) for document in DOCUMENTS.values() for case in cases(document) if "members" in case]
    assert len(members) >= LEAST_CASES
    assert sum(size > 0 for size in members) > LEAST_CASES / 2
    assert sum(size == 0 for size in members) > 20


@pytest.mark.parametrize("package", ["operators", "measures", "predicates"])
def test_every_drop_in_file_has_cases(package):
    text = json.dumps([document["worlds"] for document in DOCUMENTS.values()])
    assert [key for key in names(f"segmentation.rules.{package}") if f'"{key}"' not in text] == []
