"""Where something of a customer is kept. One place per file: its name is its key."""
