"""Which columns of a model are encrypted, and to what place their values are bound."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sealed:
    """An attribute `sealed` of a model. A rotation of keys finds it there."""

    table: str
    # Field of the model that names the row.
    row: str
    # Field → the column that its value is bound to.
    columns: Mapping[str, str]
