"""The composition root: knows every app, decides nothing."""
