"""Statistics of randomised campaigns. Plain Python and numpy; no clock, no database."""
