"""A customer's rights over all that is kept: to be told, and to be forgotten. Uses every stage, serves none."""
