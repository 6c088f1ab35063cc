"""Where rules run: one file per engine, all held to the same meaning.

A leaf becomes a set of customers and the tree is set algebra. `compile` turns leaves into SQL expressions for the
engines that speak SQL; `memory` is the meaning itself, run over rows.
"""

from functools import lru_cache

from customers import plugins
from segmentation.engines.base import Engine, EngineError, Limits


@lru_cache(maxsize=8)
def load(name: str, limits: Limits) -> Engine:
    """The engine called `name` (a file of this folder); the same one for the same limits, so that its caches live."""
    try:
        return type(plugins.load(__name__, name, Engine))(limits)
    except (LookupError, TypeError) as e:
        raise EngineError(f"There is no engine {name!r}; set SEGTAG_ENGINE=duckdb.", code="unknown_engine") from e
