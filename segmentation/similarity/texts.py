"""Texts as rows of numbers: which pieces of two to four letters they have. Of no language: Chinese serves as well."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

# How many numbers pieces are hashed into.
WIDTH = 1_024


def pieces(texts: Sequence[str]) -> sparse.csr_array:
    """How often each piece is in each text: texts × WIDTH. The same text always gives the same row.

    >>> pieces(["milk", "oat milk", "nails"]).shape
    (3, 1024)
    """
    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), n_features=WIDTH, alternate_sign=False, norm=None
    )
    return sparse.csr_array(hashing.transform(texts))


def rarity(counts: sparse.csr_array) -> np.ndarray:
    """How much each piece tells: the logarithm of how few of the texts have it."""
    having = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + having)) + 1)


def weighted(counts: sparse.csr_array, rare: np.ndarray) -> sparse.csr_array:
    """TF-IDF rows of length 1."""
    rows = sparse.csr_array(counts @ sparse.diags_array(rare))
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(lengths, 1e-12)) @ rows)
