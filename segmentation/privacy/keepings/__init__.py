"""Kinds of data that can be kept for a while only. One per file: its name is its key."""
