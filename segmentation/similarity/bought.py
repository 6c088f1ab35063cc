"""Who bought what, as counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Bought:
    """`counts[i, t]` is how many of `texts[t]` customer i bought."""

    counts: sparse.csr_array
    texts: Sequence[str]

    @property
    def shares(self) -> sparse.csr_array:
        """What part of a customer's items each text is; a customer without any has nothing."""
        sums = np.asarray(self.counts.sum(axis=1), dtype=np.float64).ravel()
        return sparse.csr_array(sparse.diags_array(1 / np.maximum(sums, 1)) @ self.counts)
