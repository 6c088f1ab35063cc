"""Stage 4 of 6: audiences. Who is reached, who is not, and why: exclusions, consent, holdout."""
