"""DuckDB, in this process, over the lake's Parquet files; what it can, it counts over columns in memory."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlglot import exp

from segmentation.engines.base import Engine, EngineError, Limits, References, combine, union
from segmentation.engines.cache import SetCache
from segmentation.engines.compile import CUSTOMER
from segmentation.engines.connection import LockedDatabase
from segmentation.engines.lake_state import DIALECT, LakeState, state_key
from segmentation.engines.not_here import NotHere
from segmentation.engines.questions import asked
from segmentation.engines.shapes import query_of
from segmentation.engines.tallies import Tallies
from segmentation.engines.words import Words
from segmentation.lake.tables import CUSTOMERS, EVENTS, Source
from segmentation.rules.catalog import BOOLEAN, TEXT, TEXT_LIST, Field
from segmentation.rules.days import Moment
from segmentation.rules.nodes import Base, Leaf, Rule, leaves
from segmentation.rules.parse import predicate
from segmentation.rules.populations import active_window, consent
from segmentation.rules.vocabulary import Search, Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CACHED_BYTES = 256 * 1024 * 1024
# States of the lake whose facts are kept: the newest, and those that a long run still reads.
MOST_STATES = 4

# A question, in the words of whoever is to answer it.
Ask = Callable[[Any], Any]
WORDS = Words()
IDENTIFIED = Field("identified", BOOLEAN, "identified")
REACHABLE = Field("reachable", TEXT_LIST, "reachable")


class DuckDB(Engine):
    """Each leaf is one question, with every bound resolved; its set is kept under it.

    `tallies` answers most questions by counting over columns in memory; SQL answers those that are not for it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self._database = LockedDatabase(self.limits)
        self._tallies = Tallies(self.limits.columns, self.limits.threads)
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
        table = EVENTS if base.population == "active" else CUSTOMERS
        return everybody & self._found(lambda v: _population_search(base, v, moment), table, moment, state)[0]

    def query(self, expression: exp.Query, source: Source) -> "pa.Table":
        if not isinstance(expression, exp.Query):
            raise EngineError("An engine runs SELECTs only.")
        return self._state(source).table(expression)

    def facts(self, source: Source) -> BitMap:
        """Learns what every question to this state of the lake needs: when its events were, and who there is."""
        state = self._state(source)
        assert state.event_times
        state.base_date(state.event_times[1])
        return self._everybody(state)

    def forget_answers(self) -> None:
        """Forgets all sets and what led to them, but not the columns in memory: for measuring."""
        self._sets = SetCache(MOST_CACHED_BYTES)
        self._tallies.forget_answers()

    def _leaf_sets(self, rule: Rule, as_of: datetime, source: Source, references: References) -> dict[str, BitMap]:
        state, moment = self._state(source), Moment(as_of, ZoneInfo(rule.timezone))
        return {path: self._leaf_set(leaf, moment, state, references) for path, leaf in leaves(rule).items()}

    def _leaf_set(self, leaf: Leaf, moment: Moment, state: LakeState, references: References) -> BitMap:
        about = predicate(leaf.predicate)
        if about.table:
            found, complement = self._found(lambda v: about.question(leaf, v, moment), about.table, moment, state)
        else:
            lookup = about.question(leaf, WORDS, moment)
            found, complement = _looked_up(lookup, references), lookup.complement
        return self._everybody(state) - found if complement else found

    def _everybody(self, state: LakeState) -> BitMap:
        return self._sets.get(state.key, lambda: state.customers(exp.select(CUSTOMER).from_(CUSTOMERS), {}, None))

    def _found(self, ask: Ask, table: str, moment: Moment, state: LakeState) -> tuple[BitMap, bool]:
        """The customers that a search finds, and whether the others are meant; from memory if it was asked before."""
        try:
            search = ask(WORDS)
            question = asked(search, state.event_times, state.base_date(moment.as_of))
        except NotHere:
            return self._found_by_sql(ask, table, moment, state)

        def found() -> BitMap:
            try:
                return self._tallies.customers(question, state.source) if question else BitMap()
            except NotHere:
                return self._found_by_sql(ask, table, moment, state)[0]

        return self._sets.get((state.key, question), found), search.complement

    def _found_by_sql(self, ask: Ask, table: str, moment: Moment, state: LakeState) -> tuple[BitMap, bool]:
        sql = state.vocabulary(table)
        search = ask(sql)
        query = query_of(search, state.event_times, state.base_date(moment.as_of))
        if query is None:
            return BitMap(), search.complement
        fingerprint = (state.key, query.sql(dialect=DIALECT), repr(sql.parameters))
        found = self._sets.get(fingerprint, lambda: state.customers(query, sql.parameters, search.bounds))
        return found, search.complement

    def _state(self, source: Source) -> LakeState:
        key = state_key(source)
        with self._lock:
            state = self._states.pop(key, None) or LakeState(self._database, source)
            self._states[key] = state
            while len(self._states) > MOST_STATES:
                self._states.popitem(last=False)
        return state


def _looked_up(lookup: Any, references: References) -> BitMap:
    return union(references[name] for name in lookup.any_of) - union(references[name] for name in lookup.none_of)


def _population_search(base: Base, v: Vocabulary, moment: Moment) -> Search:
    if base.population == "active":
        return Search(EVENTS, bounds=active_window(base, moment))
    if base.population == "identified":
        return Search(CUSTOMERS, where=v.column(IDENTIFIED))
    return Search(CUSTOMERS, where=v.has(v.column(REACHABLE), v.literal(consent(base), TEXT)))
