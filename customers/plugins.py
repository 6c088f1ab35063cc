"""Drop-in folders: a file's name is its key, its one class is the plug-in."""

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

Plugin = TypeVar("Plugin")


@cache
def names(package: str) -> tuple[str, ...]:
    """The keys of all plug-ins of `package` (a dotted name), in alphabetical order."""
    folder = import_module(package).__path__
    return tuple(sorted(m.name for m in pkgutil.iter_modules(folder) if m.name != "base"))


def load(package: str, key: str, base: type[Plugin]) -> Plugin:
    """The one instance of the one subclass of `base` in `package`.`key`.

    Raises LookupError, which names the keys there are, for an unknown key, and TypeError for a file that does
    not hold exactly one such class.
    """
    plugin: Plugin = _instance(package, key, base)  # type: ignore[arg-type]  # a class is hashable
    return plugin


@cache
def _instance(package: str, key: str, base: type) -> Any:
    if key not in names(package):
        raise LookupError(f"{key!r} is not one of {', '.join(names(package))}")
    module = import_module(f"{package}.{key}")
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, base) and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise TypeError(f"{module.__name__} holds {len(found)} classes of {base.__name__}; a plug-in file holds one")
    return found[0]()


def load_all(package: str, base: type[Plugin]) -> dict[str, Plugin]:
    """All plug-ins of `package` by key."""
    return {key: load(package, key, base) for key in names(package)}
