"""scikit-learn's own checks of estimators, for every algorithm."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from customers import plugins
from segmentation.segments.clustering import ALGORITHMS
from segmentation.segments.segmenter import Segmenter
from tests.segmentation.segments.shapes import blobs

pytestmark = pytest.mark.filterwarnings("ignore")


@parametrize_with_checks([Segmenter(key, n_clusters=3) for key in plugins.names(ALGORITHMS) if key != "auto"])
def test_it_is_an_estimator_as_scikit_learn_wants_one(estimator, check):
    check(estimator)


@pytest.mark.parametrize("key", plugins.names(ALGORITHMS))
def test_it_places_the_rows_that_it_learnt_from_where_it_put_them(key):
    rows, _ = blobs([60, 50, 40])
    piped = make_pipeline(StandardScaler(), Segmenter(key, n_clusters=3, random_state=0))
    labels = piped.fit(rows)[-1].labels_
    assert (piped.predict(rows) == labels).all()
    assert len(np.unique(labels[labels >= 0])) == piped[-1].n_clusters_
