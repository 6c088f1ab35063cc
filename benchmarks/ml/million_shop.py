"""The million customers of `million.py`: how they are made, clustered by the product, and by scikit-learn alone."""

import time
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from django.core.management import call_command
from sklearn.cluster import KMeans

from customers import plugins
from segmentation import handlers
from segmentation.lake import delta, versions
from segmentation.lake.feature_days import replace_day
from segmentation.lake.lock import writing
from segmentation.lake.tables import CUSTOMERS as TABLE
from segmentation.lake.tables import FEATURES, FIXED, TABLES
from segmentation.profiles.catalog import all_features
from segmentation.profiles.selectors import feature_frame
from segmentation.runs.executor import execute
from segmentation.runs.services import request_run
from segmentation.segments import clustering, encoder
from segmentation.segments.clustering import ALGORITHMS
from segmentation.tags.services import create_category, create_tag, publish_tag

assert handlers
CUSTOMERS, GROUPS = 1_000_000, 8
AS_OF = datetime(2026, 3, 17, 1, tzinfo=UTC)


def make() -> dict[str, float]:
    """The database, the lake's tables and a live tag for each algorithm."""
    call_command("migrate", verbosity=0)
    ids = pa.array(np.arange(1, CUSTOMERS + 1, dtype=np.uint32))
    people = {
        "customer_id": ids,
        "external_id": pa.array([f"c{number}" for number in range(CUSTOMERS)]),
        "first_seen": pa.array([AS_OF] * CUSTOMERS, FIXED[TABLE].field("first_seen").type),
        "identified": pa.array(np.ones(CUSTOMERS, dtype=bool)),
        "reachable": pa.array([[]] * CUSTOMERS, pa.list_(pa.string())),
    }
    with writing():
        published = {name: delta.created(name).version() for name in TABLES}
        delta.overwrite(delta.created(TABLE), pa.table(people, schema=FIXED[TABLE]))
        published |= {TABLE: delta.opened(TABLE).version(), FEATURES: replace_day(_features(ids), as_of=AS_OF)}
        versions.publish(published)
    _tags()
    return {}


def _features(ids: pa.Array) -> pa.Table:
    """Every feature of everybody, from eight kinds of customers."""
    random = np.random.default_rng(0)
    kind = random.integers(0, GROUPS, CUSTOMERS)
    columns = {"customer_id": ids}
    for key, feature in all_features().items():
        if feature.type == "text":
            texts = np.array([f"value {place}" for place in range(GROUPS)])
            columns[key] = pa.array(
                texts[np.where(random.random(CUSTOMERS) < 0.7, kind, random.integers(0, 8, CUSTOMERS))]
            )
        elif feature.unit == "share":
            share = random.random(GROUPS)[kind] + random.normal(0, 0.15, CUSTOMERS)
            columns[key] = pa.array(np.clip(share, 0, 1))
        else:
            columns[key] = pa.array(np.exp(random.normal(3, 1, GROUPS)[kind] + random.normal(0, 0.6, CUSTOMERS)))
    return pa.table(columns)


def _tags() -> None:

    category = create_category(key="bench", name_zh="测", name_en="Bench")
    for algorithm in plugins.names(ALGORITHMS):
        definition = {"features": _keys(), "algorithm": algorithm, "k": GROUPS, "useless": "leave_out"}
        names = {"name_zh": algorithm, "name_en": algorithm}
        tag = create_tag(key=algorithm, kind="cluster", definition=definition, category=category, **names)
        publish_tag(tag=tag, by=None)


def _keys() -> list[str]:

    return list(all_features())


def computed(algorithm: str) -> dict[str, float]:
    """Features read, encoded, groups found, judged and described, sets stored: the job as a worker runs it."""
    clustering.load(algorithm)
    begun, worked = time.perf_counter(), time.process_time()
    run = execute(request_run(kind="tags.compute", subject=algorithm, as_of=AS_OF).pk)
    assert run is not None
    assert run.error == "", run.error
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    return {"seconds": seconds, "cpu_seconds": cpu, "features": len(_keys()), "k": run.result["k"]}


def alone() -> dict[str, float]:
    """scikit-learn's k-means on the encoded rows in memory: three beginnings, all the machine's threads."""
    table = feature_frame(_keys(), as_of=AS_OF)
    values = {key: table.column(key).to_numpy(zero_copy_only=False) for key in _keys()}
    treatments = {key: "category" if column.dtype == object else "amount" for key, column in values.items()}
    rows = encoder.fit(values, treatments).encode(values)
    begun, worked = time.perf_counter(), time.process_time()
    KMeans(GROUPS, n_init=3, random_state=0).fit(rows)
    return {"seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - worked}
