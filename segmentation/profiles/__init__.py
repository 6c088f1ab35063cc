"""Stage 1 of 6: profiles. Features of every customer, computed from the lake, one file each."""
