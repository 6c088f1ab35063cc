"""How alike two persons must be to be one: splink's model (Fellegi and Sunter) with fixed, readable weights.

Each comparison has levels. `m` is how often the level holds for two records of one person, `u` how often for two of
different persons; their ratio is the evidence. Exact agreement counts for more the rarer the value is in this shop.
A missing value says nothing either way.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa

from customers.spelling import syllables

MEMORY = "1GB"
# A level: its name, when it holds (None: anything else), m, u.
Level = tuple[str, str | None, float, float]
COMPARED: dict[str, tuple[Level, ...]] = {
    "name": (
        ("same", "name_l = name_r", 0.70, 0.001),
        ("sounds_the_same", "sound_l = sound_r", 0.10, 0.001),
        ("alike", "jaro_winkler_similarity(name_l, name_r) >= 0.9", 0.12, 0.002),
        ("somewhat_alike", "jaro_winkler_similarity(name_l, name_r) >= 0.8", 0.04, 0.02),
        ("different", None, 0.04, 0.976),
    ),
    "email": (
        ("same", "email_l = email_r", 0.60, 0.00001),
        ("same_mailbox", "mailbox_l = mailbox_r", 0.12, 0.0002),
        ("alike", "jaro_winkler_similarity(mailbox_l, mailbox_r) >= 0.92", 0.10, 0.003),
        ("different", None, 0.18, 0.99679),
    ),
    "phone": (
        ("same", "phone_l = phone_r", 0.65, 0.00001),
        ("one_digit_off", "damerau_levenshtein(phone_l, phone_r) = 1", 0.10, 0.0001),
        ("different", None, 0.25, 0.99989),
    ),
    "address": (
        ("same", "address_l = address_r", 0.45, 0.001),
        ("alike", "jaro_winkler_similarity(address_l, address_r) >= 0.9", 0.30, 0.003),
        ("different", None, 0.25, 0.996),
    ),
    "birthday": (
        ("same", "birthday_l = birthday_r", 0.85, 0.0001),
        ("one_digit_off", "damerau_levenshtein(birthday_l, birthday_r) = 1", 0.08, 0.003),
        ("different", None, 0.07, 0.9969),
    ),
    "city": (
        ("same", "city_l = city_r", 0.80, 0.05),
        ("different", None, 0.20, 0.95),
    ),
}
# Only pairs that agree in one of these are looked at.
MEETING = ("email", "phone", "mailbox", "name", "sound", "address", "birthday")
# Values that more people share than this bring nobody together: a shop's own number, a name like "Customer".
SHARED_AT_MOST = 300
# However rare an address is: who shares one is more often a family than one person.
HOUSEHOLDS = 0.001
# How many imagined customers speak for a level's `u` beside those that are there: in a small shop nothing is rare.
IMAGINED = 1000
COLUMNS = ("name", "sound", "email", "mailbox", "phone", "address", "birthday", "city")


class Record(NamedTuple):
    """What is compared of one customer; empty says nothing."""

    id: int
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    birthday: str = ""
    city: str = ""


class Pair(NamedTuple):
    """Two customers, how likely they are one person (0 to 1), and for each thing compared the level that holds."""

    first: int
    second: int
    probability: float
    levels: dict[str, str]


def alike(records: Iterable[Record], *, at_least: float = 0.9, twins: float = 0.05) -> list[Pair]:
    """Pairs that are one person with this probability, the likeliest first; the same for the same records.

    `twins`: the share of customers expected to be there twice, before anything was compared.
    """
    rows = [_prepared(record) for record in records]
    if len(rows) < 2:
        return []
    # splink takes 38 MB and a fifth of a second: read by who searches, not by every process.
    from splink import Linker  # noqa: PLC0415 (see above)
    from splink.backends.duckdb import DuckDBAPI  # noqa: PLC0415

    # Persons' data stays in memory: nothing is spilled to disk.
    database = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY, "temp_directory": ""})
    try:
        api = DuckDBAPI(database)
        people = api.register(_table(rows), table_name="people")
        model = _model(prior=min(0.5, 2 * twins / (len(rows) - 1)))
        linker = Linker(people, model, log_level=None)
        for name, table in _rarity(rows):
            linker.table_management.register_term_frequency_lookup(api.register(table, table_name=f"rare_{name}"), name)
        found = linker.inference.predict(threshold_match_probability=at_least)
        gammas = ", ".join(f"gamma_{name}" for name in COMPARED)
        query = f"SELECT id_l, id_r, match_probability, {gammas} FROM {found.physical_name} ORDER BY 3 DESC, 1, 2"  # noqa: S608
        return [_pair(row) for row in database.execute(query).fetchall()]
    finally:
        database.close()


def _prepared(record: Record) -> tuple:
    name = " ".join(sorted(re.sub(r"[^\w\s]", " ", record.name).casefold().split()))
    sound = "".join(syllables(name))
    email = record.email.strip().casefold()
    mailbox = email.partition("@")[0].partition("+")[0]
    phone = re.sub(r"\D", "", record.phone)[-11:]
    address = re.sub(r"\W+", "", record.address.casefold())
    cells = (name, sound, email, mailbox, phone, address, record.birthday.strip(), record.city.strip().casefold())
    return (record.id, *(cell or None for cell in cells))


def _rarity(rows: Sequence[tuple]) -> Iterable[tuple[str, pa.Table]]:
    """For each thing compared, how often each value is met in somebody else than the two who share it."""
    for name, levels in COMPARED.items():
        place = 1 + COLUMNS.index(name)
        counted = Counter(row[place] for row in rows if row[place])
        imagined = levels[0][3] * IMAGINED
        often = [(max(0, count - 2) + imagined) / (len(rows) + IMAGINED) for count in counted.values()]
        yield name, pa.table({name: pa.array(counted, pa.string()), f"tf_{name}": pa.array(often, pa.float64())})


def _table(rows: Sequence[tuple]) -> pa.Table:
    """The columns; beside each that brings people together, `meet_…` without what too many share."""
    ids, *columns = zip(*rows, strict=True)
    told = {"id": pa.array(ids, pa.int64())}
    told |= {name: pa.array(cells, pa.string()) for name, cells in zip(COLUMNS, columns, strict=True)}
    for name in MEETING:
        cells = columns[COLUMNS.index(name)]
        counted = Counter(cells)
        few = [cell if counted[cell] <= SHARED_AT_MOST else None for cell in cells]
        told[f"meet_{name}"] = pa.array(few, pa.string())
    return pa.table(told)


def _model(*, prior: float) -> dict:
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": [f"l.meet_{name} = r.meet_{name}" for name in MEETING],
        "comparisons": [_comparison(name, levels) for name, levels in COMPARED.items()],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
    }


def _comparison(name: str, levels: Sequence[Level]) -> dict:
    nothing = {"sql_condition": f"{name}_l IS NULL OR {name}_r IS NULL", "is_null_level": True}
    return {"output_column_name": name, "comparison_levels": [nothing, *(_level(name, level) for level in levels)]}


def _level(name: str, level: Level) -> dict:
    label, holds, m, u = level
    told = {"sql_condition": holds or "ELSE", "label_for_charts": label, "m_probability": m, "u_probability": u}
    if label == "same":
        told |= {"tf_adjustment_column": name, "tf_minimum_u_value": HOUSEHOLDS if name == "address" else 0.00001}
    return told


def _pair(row: tuple) -> Pair:
    first, second, probability, *gammas = row
    levels = {}
    for (name, compared), gamma in zip(COMPARED.items(), gammas, strict=True):
        if gamma >= 0:
            levels[name] = compared[len(compared) - 1 - gamma][0]
    return Pair(min(first, second), max(first, second), probability, levels)
