"""T8.2 and T8.3: who buys within 30 and 91 days, learnt on the window before only.

The sets at hand are a tenth of CDNOW and the second year of Online Retail; the reference's figures (.780 and .726) are
of all of CDNOW and of the first year, so they are neighbours of ours. One cutoff each, as the reference has them.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ml.figure import Figure
from segmentation.prediction import propensity
from segmentation.prediction.histories import Histories, behaviour


def figures(data: Path) -> Iterator[Figure]:
    orders = pd.read_parquet(data / "cdnow" / "transactions_sample.parquet")
    cdnow = _histories(orders.sample_id, orders.date, orders.dollars)
    one = _outcome(cdnow, "1997-09-30", 30)
    yield Figure(
        "T8.2", "CDNOW sample, 30 days, AUC", one["auc"], 0.780, 0.775, note="published: reference on all of CDNOW"
    )
    yield Figure("T8.3", "CDNOW sample, 30 days, in the first tenth", one["captured"], 0.401, 0.40)
    lines = pd.read_parquet(data / "online_retail" / "transactions.parquet")
    lines = lines[lines.customer_id.notna() & (lines.quantity > 0) & (lines.unit_price > 0)]
    yield Figure("T8.2", "Online Retail, rows that count", len(lines), 397_884, 397_884, note="import anchor")
    retail = _histories(lines.customer_id.astype(int), lines.invoice_date, lines.quantity * lines.unit_price)
    for span, reference, limit in ((30, 0.726, 0.72), (91, 0.728, 0.725)):
        found = _outcome(retail, "2011-09-09", span)
        yield Figure(
            "T8.2", f"Online Retail, {span} days, AUC", found["auc"], reference, limit, note="2nd year; reference: 1st"
        )
        leak = _leak(retail, "2011-09-09")
        yield Figure("T8.2", f"Online Retail, features that know the {span} days after", leak, None, 0, "at most")


def _outcome(histories: Histories, cutoff: str, span: int) -> dict:
    """Learnt at `span` days before the cutoff, asked at the cutoff, judged by what came after it."""
    day = _day(cutoff)
    model = propensity.fit(*_window(histories, day - span, span), seed=0)
    rows, happened = _window(histories, day, span)
    return propensity.report(model.predict(rows), happened)


def _window(histories: Histories, day: int, span: int) -> tuple[np.ndarray, np.ndarray]:
    known = behaviour(histories, day)
    return known.matrix, np.isin(known.ids, histories.buyers(day, day + span))


def _leak(histories: Histories, cutoff: str) -> int:
    """Features that differ when what comes after the cutoff is not there at all."""
    day = _day(cutoff)
    whole, cut = behaviour(histories, day), behaviour(histories.until(day), day)
    return int((~np.isclose(whole.matrix, cut.matrix, equal_nan=True)).sum())


def _histories(ids: pd.Series, times: pd.Series, amounts: pd.Series) -> Histories:
    days = times.to_numpy("datetime64[D]").astype(int)
    frame = pd.DataFrame({"id": ids.to_numpy(), "day": days, "amount": amounts.to_numpy()})
    sums = frame.groupby(["id", "day"], as_index=False).amount.sum()
    return Histories(sums.id.to_numpy(np.uint32), sums.day.to_numpy(), sums.amount.to_numpy(float))


def _day(date: str) -> int:
    return int(np.datetime64(date, "D").astype(int))
