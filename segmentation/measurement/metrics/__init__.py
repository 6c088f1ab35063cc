"""Outcomes that a campaign is measured by, one per file; the file's name is the key."""
