"""How a segment is made: by a rule, of other segments, as a snapshot, or by an uploaded list."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

RULE, SETS, SNAPSHOT, LIST = "rule", "sets", "snapshot", "list"
WORDS = {
    RULE: _("Rule"),
    SETS: _("Combined from segments"),
    SNAPSHOT: _("Snapshot"),
    LIST: _("Uploaded list"),
}
_LOGIC = {"all", "any", "not"}


def origin_of(document: Mapping[str, Any] | None) -> str:
    """Of what kind a version's document is.

    >>> origin_of({"rule": {"all": [{"segment": "vip"}, {"not": {"segment": "new"}}]}})
    'sets'
    """
    if document is None:
        return RULE
    if "fixed" in document:
        return str(document["origin"])
    everyone = document.get("base", {}).get("population", "all") == "all"
    return SETS if everyone and _of_segments_alone(document.get("rule")) else RULE


def combined(operation: str, keys: Sequence[str], without: Sequence[str] = ()) -> dict[str, Any]:
    """The rule of a set operation: in "any" or "all" of these segments, and in none of `without`.

    >>> combined("any", ["a", "b"], ["c"])["rule"]
    {'all': [{'any': [{'segment': 'a'}, {'segment': 'b'}]}, {'not': {'segment': 'c'}}]}
    """
    named = [{"segment": key} for key in keys]
    wanted: Any = {operation: named} if len(named) > 1 else named[0]
    if not without:
        return {"version": 1, "rule": wanted}
    taken_away = [{"not": {"segment": key}} for key in without]
    kept = wanted.get("all", [wanted])
    return {"version": 1, "rule": {"all": [*kept, *taken_away]}}


def _of_segments_alone(node: Any) -> bool:
    if isinstance(node, list):
        return all(map(_of_segments_alone, node))
    if not isinstance(node, Mapping):
        return False
    if node.keys() == {"segment"}:
        return True
    return len(node) == 1 and node.keys() <= _LOGIC and _of_segments_alone(next(iter(node.values())))
