"""Tags and segments of single customers within seconds: what was told is judged at once, not at night."""
