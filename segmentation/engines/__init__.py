"""Where rules run: one file per engine, all held to the same meaning."""
