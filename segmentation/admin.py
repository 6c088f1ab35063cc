"""Gathers the stages' back-office pages; defines none."""

from segmentation.activation import admin as activation
from segmentation.audiences import admin as audiences
from segmentation.lake import admin as lake
from segmentation.measurement import admin as measurement
from segmentation.recommendation import admin as recommendation
from segmentation.runs import admin as runs
from segmentation.segments import admin as segments
from segmentation.sets import admin as sets
from segmentation.tags import admin as tags

__all__ = ["activation", "audiences", "lake", "measurement", "recommendation", "runs", "segments", "sets", "tags"]
