"""The rule language. Standard library only."""
