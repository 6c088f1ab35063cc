"""Gathers the stages' handlers of runs; defines none."""

__all__: list[str] = []
