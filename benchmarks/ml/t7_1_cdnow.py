"""T7.1: BG/NBD and Gamma-Gamma on CDNOW's sample, beside the authors' own fits; the 39 weeks after as hold-out."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ml.figure import Figure
from segmentation.prediction import purchases_to_come, worth

PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


def figures(data: Path) -> Iterator[Figure]:
    summary = pd.read_parquet(data / "cdnow" / "customers_summary.parquet")
    x, t_x, T = (summary[name].to_numpy(float) for name in ("frequency", "recency", "T"))
    model = purchases_to_come.fit(x, t_x, T)
    for name, value in PUBLISHED.items():
        ours = getattr(model, name)
        # The published ones are rounded to three digits: half a unit of the last is no difference.
        away = max(0.0, abs(ours - value) - 0.0005) / value
        yield Figure("T7.1", f"BG/NBD, {name}", ours, value)
        yield Figure("T7.1", f"BG/NBD, {name}, relative distance", away, None, 0.001, "at most")
    yield Figure("T7.1", "BG/NBD, log-likelihood", model.log_likelihood, -9582.4)
    yield Figure("T7.1", "BG/NBD, log-likelihood, distance", abs(model.log_likelihood + 9582.4), None, 0.05, "at most")
    orders = pd.read_parquet(data / "cdnow" / "transactions_sample.parquet")
    after = orders[orders.date > "1997-09-30"].groupby("sample_id").date.nunique()
    actual = after.reindex(summary.sample_id).fillna(0).to_numpy()
    expected = model.expected(x, t_x, T, 39.0)
    yield Figure("T7.2", "hold-out of 39 weeks, correlation", float(np.corrcoef(expected, actual)[0, 1]), 0.626, 0.62)
    yield Figure(
        "T7.2", "hold-out of 39 weeks, purchases expected", float(expected.sum()), float(actual.sum()), note="actual"
    )
    yield from _worth(orders, summary)


def _worth(orders: pd.DataFrame, summary: pd.DataFrame) -> Iterator[Figure]:
    days = orders[orders.date <= "1997-09-30"].groupby(["sample_id", "date"], as_index=False).dollars.sum()
    repeat = days[days.groupby("sample_id").cumcount() > 0].groupby("sample_id").dollars.agg(["mean", "size"])
    model = worth.fit(repeat["size"].to_numpy(float), repeat["mean"].to_numpy(float))
    for name, ours, published in (("p", model.p, 6.25), ("q", model.q, 3.74), ("v", model.v, 15.44)):
        yield Figure("T7.1", f"Gamma-Gamma, {name}", ours, published)
        away = max(0.0, abs(ours - published) - 0.005) / published
        yield Figure("T7.1", f"Gamma-Gamma, {name}, relative distance", away, None, 0.001, "at most")
