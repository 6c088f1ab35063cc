"""Gathers the stages' handlers of runs; defines none."""

from segmentation import flow

__all__ = ["flow"]
