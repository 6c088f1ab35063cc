"""Features of customers: one file each, its name is the key."""
