"""DuckDB, in this process, over the lake's Parquet files."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlglot import exp

from segmentation.engines.base import Engine, EngineError, Limits, References, combine, union
from segmentation.engines.cache import SetCache
from segmentation.engines.compile import CUSTOMER, Sql, select
from segmentation.engines.connection import LockedDatabase
from segmentation.engines.lake_state import DIALECT, LakeState, state_key
from segmentation.lake.tables import CUSTOMERS, EVENTS, Source
from segmentation.rules.catalog import BOOLEAN, TEXT, TEXT_LIST, Field
from segmentation.rules.days import Moment
from segmentation.rules.nodes import Base, Leaf, Rule, leaves
from segmentation.rules.parse import predicate
from segmentation.rules.populations import active_window, consent
from segmentation.rules.vocabulary import Lookup, Search

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CACHED_BYTES = 256 * 1024 * 1024
# States of the lake whose facts are kept: the newest, and those that a long run still reads.
MOST_STATES = 4

IDENTIFIED = Field("identified", BOOLEAN, "identified")
REACHABLE = Field("reachable", TEXT_LIST, "reachable")


class DuckDB(Engine):
    """Each leaf is one SELECT. Its set is kept under the SELECT's text, which has every bound resolved."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self._database = LockedDatabase(self.limits)
        self._sets = SetCache(MOST_CACHED_BYTES)
        self._states: OrderedDict[tuple[int, int], LakeState] = OrderedDict()
        self._lock = Lock()

    def members(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> BitMap:
        base = self.population(rule.base, as_of=as_of, timezone=rule.timezone, source=source)
        return combine(rule, self._leaf_sets(rule, as_of, source, references), base)

    def leaf_sets(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> dict[str, BitMap]:
        base = self.population(rule.base, as_of=as_of, timezone=rule.timezone, source=source)
        return {path: found & base for path, found in self._leaf_sets(rule, as_of, source, references).items()}

    def population(self, base: Base, *, as_of: datetime, timezone: str, source: Source) -> BitMap:
        state, moment = self._state(source), Moment(as_of, ZoneInfo(timezone))
        everybody = self._everybody(state)
        if base.population == "all":
            return everybody
        sql = state.vocabulary(CUSTOMERS)
        return everybody & self._found(_population_search(base, sql, moment), sql, moment, state)

    def query(self, expression: exp.Query, source: Source) -> "pa.Table":
        if not isinstance(expression, exp.Query):
            raise EngineError("An engine runs SELECTs only.")
        return self._state(source).table(expression)

    def _leaf_sets(self, rule: Rule, as_of: datetime, source: Source, references: References) -> dict[str, BitMap]:
        state, moment = self._state(source), Moment(as_of, ZoneInfo(rule.timezone))
        return {path: self._leaf_set(leaf, moment, state, references) for path, leaf in leaves(rule).items()}

    def _leaf_set(self, leaf: Leaf, moment: Moment, state: LakeState, references: References) -> BitMap:
        about = predicate(leaf.predicate)
        sql = state.vocabulary(about.table)
        question = about.question(leaf, sql, moment)
        if isinstance(question, Lookup):
            found = union(references[name] for name in question.any_of)
            found -= union(references[name] for name in question.none_of)
        else:
            found = self._found(question, sql, moment, state)
        return self._everybody(state) - found if question.complement else found

    def _everybody(self, state: LakeState) -> BitMap:
        return self._sets.get(state.key, lambda: state.customers(exp.select(CUSTOMER).from_(CUSTOMERS), {}, None))

    def _found(self, search: Search, sql: Sql, moment: Moment, state: LakeState) -> BitMap:
        """The customers that the search finds, whatever its complement; from the cache if it was asked before."""
        query = select(search, state.event_times, state.base_date(moment.as_of))
        if query is None:
            return BitMap()
        fingerprint = (state.key, query.sql(dialect=DIALECT), repr(sql.parameters))
        return self._sets.get(fingerprint, lambda: state.customers(query, sql.parameters, search.bounds))

    def _state(self, source: Source) -> LakeState:
        key = state_key(source)
        with self._lock:
            state = self._states.pop(key, None) or LakeState(self._database, source)
            self._states[key] = state
            while len(self._states) > MOST_STATES:
                self._states.popitem(last=False)
        return state


def _population_search(base: Base, sql: Sql, moment: Moment) -> Search:
    if base.population == "active":
        return Search(EVENTS, bounds=active_window(base, moment))
    if base.population == "identified":
        return Search(CUSTOMERS, where=sql.column(IDENTIFIED))
    return Search(CUSTOMERS, where=sql.has(sql.column(REACHABLE), sql.literal(consent(base), TEXT)))
