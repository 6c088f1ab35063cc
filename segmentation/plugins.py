"""Drop-in folders, as of `customers.plugins`."""

from customers.plugins import load, load_all, names

__all__ = ["load", "load_all", "names"]
