"""Gathers the stages' handlers of runs; defines none."""

from segmentation import flow
from segmentation.activation import handlers as activation
from segmentation.audiences import handlers as audiences
from segmentation.measurement import handlers as measurement
from segmentation.privacy import handlers as privacy
from segmentation.profiles import handlers as profiles
from segmentation.recommendation import handlers as recommendation
from segmentation.segments import handlers as segments
from segmentation.tags import handlers as tags

__all__ = [
    "activation",
    "audiences",
    "flow",
    "measurement",
    "privacy",
    "profiles",
    "recommendation",
    "segments",
    "tags",
]
