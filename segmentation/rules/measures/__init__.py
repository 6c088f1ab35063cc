"""Measures: what is counted of the events or items that fit. One file per measure; the file's name is its key."""
