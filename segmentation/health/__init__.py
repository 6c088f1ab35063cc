"""Asset health (标签健康): which tags and segments are stale, drifting, unused or twice there, and what feeds what."""
