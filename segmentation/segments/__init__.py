"""Stage 3 of 6: segments. Groups of customers by rule or by clustering."""
