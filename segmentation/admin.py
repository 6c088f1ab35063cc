"""Gathers the stages' back-office pages; defines none."""

from segmentation.lake import admin as lake
from segmentation.runs import admin as runs
from segmentation.sets import admin as sets

__all__ = ["lake", "runs", "sets"]
