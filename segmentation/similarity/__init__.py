"""Who is like whom: neighbours, graphs of them, and what spreads along."""
