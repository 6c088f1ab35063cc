"""Errors of this app: each says what to do next and where."""


class CustomersError(Exception):
    """Something a caller can mend. `code` is stable and for machines; `where` is the place, as a path, if any."""

    code = "invalid"

    def __init__(self, message: str, *, code: str | None = None, where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.where = where
