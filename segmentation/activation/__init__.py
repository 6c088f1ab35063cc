"""Stage 5 of 6: activation. Frozen audiences handed to other systems."""
