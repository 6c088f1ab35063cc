"""Operators: how a value is judged. One file per operator; the file's name is its key in rules."""
