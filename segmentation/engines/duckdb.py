"""DuckDB, in this process, over the lake's Parquet files; what it can, it counts over columns in memory."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
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
from segmentation.engines.costs import COLUMNS, Costs
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
from segmentation.rules.vocabulary import Ranking, Search, Vocabulary

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


@dataclass(frozen=True, slots=True)
class Plan:
    """How the customers of a question are found, and under what they are kept. `complement`: the others are meant."""

    fingerprint: Hashable
    way: str
    rows: Callable[[], int]
    find: Callable[[], BitMap]
    complement: bool


class DuckDB(Engine):
    """Each leaf is one question, with every bound resolved; its set is kept under it.

    `tallies` answers most questions by counting over columns in memory; SQL answers those that are not for it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self._database = LockedDatabase(self.limits)
        self._tallies = Tallies(self.limits.columns, self.limits.threads)
        self._sets = SetCache(MOST_CACHED_BYTES)
        self._costs = Costs()
        self._states: OrderedDict[tuple[int, ...], LakeState] = OrderedDict()
        self._lock = Lock()

    def members(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> BitMap:
        return self._members(rule, as_of, self._state(source), references)

    def leaf_sets(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> dict[str, BitMap]:
        base = self.population(rule.base, as_of=as_of, timezone=rule.timezone, source=source)
        found = self._leaf_sets(rule, as_of, self._state(source), references)
        return {path: members & base for path, members in found.items()}

    def population(self, base: Base, *, as_of: datetime, timezone: str, source: Source) -> BitMap:
        return self._population(base, Moment(as_of, ZoneInfo(timezone)), self._state(source))

    def seconds(self, rule: Rule, *, as_of: datetime, source: Source) -> float:
        plans = self._plans(rule, as_of, self._state(source))
        left = {plan.fingerprint: plan for plan in plans if plan.fingerprint not in self._sets}
        return sum(self._costs.seconds(plan.way, plan.rows()) for plan in left.values())

    def members_among(
        self, among: BitMap, rule: Rule, *, as_of: datetime, source: Source, references: References
    ) -> BitMap | None:
        state = self._state(source)
        if any(plan.way == Ranking.__name__ for plan in self._plans(rule, as_of, state)):
            return None
        return self._members(rule, as_of, state.of(among), references)

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

    def _members(self, rule: Rule, as_of: datetime, state: LakeState, references: References) -> BitMap:
        base = self._population(rule.base, Moment(as_of, ZoneInfo(rule.timezone)), state)
        return combine(rule, self._leaf_sets(rule, as_of, state, references), base)

    def _leaf_sets(self, rule: Rule, as_of: datetime, state: LakeState, references: References) -> dict[str, BitMap]:
        moment = Moment(as_of, ZoneInfo(rule.timezone))
        return {path: self._leaf_set(leaf, moment, state, references) for path, leaf in leaves(rule).items()}

    def _leaf_set(self, leaf: Leaf, moment: Moment, state: LakeState, references: References) -> BitMap:
        about = predicate(leaf.predicate)
        if about.table:
            found, complement = self._found(self._plan_of(leaf, moment, state), state)
        else:
            lookup = about.question(leaf, WORDS, moment)
            found, complement = _looked_up(lookup, references), lookup.complement
        return self._everybody(state) - found if complement else found

    def _everybody(self, state: LakeState) -> BitMap:
        return self._sets.get(state.key, lambda: state.customers(exp.select(CUSTOMER).from_(CUSTOMERS), {}, None))

    def _population(self, base: Base, moment: Moment, state: LakeState) -> BitMap:
        everybody = self._everybody(state)
        if base.population == "all":
            return everybody
        table = EVENTS if base.population == "active" else CUSTOMERS
        plan = self._plan(lambda v: _population_search(base, v, moment), table, moment, state)
        return everybody & self._found(plan, state)[0]

    def _found(self, plan: Plan, state: LakeState) -> tuple[BitMap, bool]:
        """The customers that a search finds, and whether the others are meant; from memory if it was asked before."""
        if state.among is not None:
            return self._sets.get(plan.fingerprint, plan.find), plan.complement
        found = self._sets.get(plan.fingerprint, lambda: self._costs.timed(plan.way, plan.rows, plan.find))
        return found, plan.complement

    def _plans(self, rule: Rule, as_of: datetime, state: LakeState) -> list[Plan]:
        """Those of the rule's conditions that look into the lake."""
        moment = Moment(as_of, ZoneInfo(rule.timezone))
        asking = [leaf for leaf in leaves(rule).values() if predicate(leaf.predicate).table]
        return [self._plan_of(leaf, moment, state) for leaf in asking]

    def _plan_of(self, leaf: Leaf, moment: Moment, state: LakeState) -> Plan:
        about = predicate(leaf.predicate)
        return self._plan(lambda v: about.question(leaf, v, moment), about.table, moment, state)

    def _plan(self, ask: Ask, table: str, moment: Moment, state: LakeState) -> Plan:
        """By columns in memory, or by SQL if the question is not for them."""
        if state.among is not None:  # what is read of some customers alone is not kept in memory
            return self._plan_by_sql(ask, table, moment, state)
        try:
            search = ask(WORDS)
            question = asked(search, state.event_times, state.base_date(moment.as_of))
        except NotHere:
            return self._plan_by_sql(ask, table, moment, state)

        def found() -> BitMap:
            try:
                return self._tallies.customers(question, state.source) if question else BitMap()
            except NotHere:
                return self._plan_by_sql(ask, table, moment, state).find()

        def rows() -> int:
            return self._tallies.rows(question, state.source) if question else 0

        return Plan((state.key, question), COLUMNS, rows, found, search.complement)

    def _plan_by_sql(self, ask: Ask, table: str, moment: Moment, state: LakeState) -> Plan:
        sql = state.vocabulary(table)
        search = ask(sql)
        way, complement = type(search).__name__, search.complement
        query = query_of(search, state.event_times, state.base_date(moment.as_of))
        if query is None:
            return Plan((state.key, None), way, int, BitMap, complement)
        fingerprint = (state.key, query.sql(dialect=DIALECT), repr(sql.parameters))

        def found() -> BitMap:
            return state.customers(query, sql.parameters, search.bounds)

        return Plan(fingerprint, way, lambda: state.rows(query, search.bounds), found, complement)

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
