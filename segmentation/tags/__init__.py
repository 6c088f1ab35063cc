"""Stage 2 of 6: tags. A governed taxonomy; each tag value is a set of customers made by a run."""
