"""Stage 6: what a campaign brought, against the customers who were kept out of it."""
