"""Rows with gaps (NaN), for measures that know none."""

import numpy as np

from segmentation.segments.placing import Matrix


def filled(rows: Matrix) -> Matrix:
    """The same rows with each column's mean in its gaps; 0 where a column has nothing else."""
    if not np.isnan(rows.sum()):
        return rows
    gaps = np.isnan(rows)
    counts = (~gaps).sum(axis=0)
    average = np.where(gaps, 0.0, rows).sum(axis=0) / np.maximum(counts, 1)
    return np.where(gaps, average, rows)
