"""Predicates: what a condition is about. One file per predicate; the file's name is its key in rules."""
