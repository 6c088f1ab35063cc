"""The examples in the docstrings of tags and clustering are true."""

import doctest

import pytest

from segmentation.segments import matching, naming, quality
from segmentation.segments.algorithms import kmeans
from segmentation.tags import bands, problems, wording


@pytest.mark.parametrize("module", [bands, kmeans, matching, naming, problems, quality, wording])
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed
