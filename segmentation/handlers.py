"""Gathers the stages' handlers of runs; defines none."""

from segmentation import flow
from segmentation.profiles import handlers as profiles

__all__ = ["flow", "profiles"]
