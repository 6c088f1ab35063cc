"""The columnar copy of the facts: Delta tables that any engine can read while another process writes."""
