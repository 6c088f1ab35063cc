"""Where frozen audiences go: one file per destination."""
