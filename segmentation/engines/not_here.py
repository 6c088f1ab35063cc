"""How columns in memory say that a question is not for them."""


class NotHere(Exception):
    """The question is one for SQL: of a kind, or of a size, that columns in memory are not for."""
