"""Customers side by side: what each bought, and which values of a tag each is known to have."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from scipy import sparse

from segmentation.tags.kinds.base import Context, TagError
from segmentation.tags.learning_from import ORDER, Source


@dataclass(frozen=True)
class Likeness:
    """`counts[i]` is what customer `ids[i]` bought; `labels[i, v]` whether it is known to have `values[v]`."""

    ids: NDArray[np.uint32]
    counts: sparse.csr_array
    labels: NDArray[np.bool_]
    values: Sequence[str]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Who has any of the values."""
        return np.asarray(self.labels.any(axis=1))


def likeness(source: Source, context: Context) -> Likeness:
    """Everybody who bought anything, with what is known of them. Raises TagError where nobody is known."""
    items = context.items(ORDER, source.property, source.past_days)
    ids, rows = np.unique(items.ids, return_inverse=True)
    counts = sparse.csr_array(
        (items.counts.astype(np.float64), (rows, items.values)), shape=(len(ids), len(items.texts))
    )
    members = {key: having for key, having in context.tagged(source.tag).items() if key not in source.ignore}
    labels = np.zeros((len(ids), len(members)), dtype=bool)
    for place, having in enumerate(members.values()):
        labels[:, place] = np.isin(ids, np.array(having, dtype=np.uint32))
    if not labels.any():
        raise TagError(f"No customer with purchases has a value of the tag {source.tag}.", code="no_seeds")
    return Likeness(ids.astype(np.uint32), counts, labels, list(members))


def members_by_value(like: Likeness, asked: NDArray[np.intp], chosen: NDArray[np.intp]) -> dict[str, BitMap]:
    """Customers by the value chosen for them; −1 is none."""
    return {value: BitMap(like.ids[asked[chosen == place]]) for place, value in enumerate(like.values)}
