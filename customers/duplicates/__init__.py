"""Customers who may be the same person: found by likeness, decided by people."""
