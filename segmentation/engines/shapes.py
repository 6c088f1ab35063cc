"""Questions about the shape of behaviour as SELECTs: gaps, sequences, ranks. Those that need rows in their order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlglot import exp

from segmentation.engines.compile import CUSTOMER, select
from segmentation.engines.expressions import TIME, time_tests
from segmentation.rules.vocabulary import CUSTOMERS, Chain, Gap, Occurring, Ranking, Search, Step

EventTimes = tuple[datetime, datetime]
# Microseconds, so that "before" is one less.
AT = exp.column("at", quoted=True)


def query_of(
    question: Search | Gap | Chain | Ranking, event_times: EventTimes, features_as_of: datetime | None
) -> exp.Select | None:
    """The SELECT of the customers found; None if there cannot be any."""
    if isinstance(question, Gap):
        return select_gap(question, event_times)
    if isinstance(question, Chain):
        return select_chain(question, event_times)
    if isinstance(question, Ranking):
        return select_ranking(question, event_times)
    return select(question, event_times, features_as_of)


def select_gap(gap: Gap, event_times: EventTimes) -> exp.Select:
    """Each row with the day of the one before it; then those in the window, far enough from it."""
    before = exp.Window(this=exp.Lag(this=gap.day.copy()), partition_by=[CUSTOMER.copy()], order=_order(TIME))
    days = exp.Sub(this=exp.Paren(this=gap.day.copy()), expression=exp.Paren(this=before))
    rows = (
        exp.select(CUSTOMER.copy(), TIME.copy(), exp.alias_(days, "days", quoted=True))
        .from_(exp.to_table(gap.table))
        .where(gap.where.copy(), *time_tests(gap.bounds, event_times))
    )
    long_enough = exp.GTE(this=exp.column("days", quoted=True), expression=exp.Literal.number(gap.days))
    return _from(rows, CUSTOMER).where(long_enough, *time_tests(gap.ends_in, event_times))


def select_chain(chain: Chain, event_times: EventTimes) -> exp.Select:
    """Step by step: the rows that end a chain so far. Of several ends the latest is the best to go on from.

    It is the closest to what follows, and least may lie in between.
    """
    rows: exp.Query = _chain_rows(chain, event_times)
    ends: exp.Expr = _flag("step", 0)
    for place, step in enumerate(chain.steps[1:], start=1):
        columns = [exp.Star(), exp.alias_(_last_before(ends), f"end_{place}", quoted=True)]
        if step.without is not None:
            columns.append(exp.alias_(_last_before(_flag("without", place)), f"other_{place}", quoted=True))
        rows = _from(rows, *columns)
        ends = exp.and_(_flag("step", place), *_follows(step, place))
    return _from(rows, CUSTOMER).where(ends)


def _follows(step: Step, place: int) -> list[exp.Expr]:
    end = exp.column(f"end_{place}", quoted=True)
    tests: list[exp.Expr] = [exp.Not(this=exp.Is(this=end.copy(), expression=exp.Null()))]
    if step.within is not None:
        longest = exp.Literal.number(step.within // timedelta(microseconds=1))
        tests.append(exp.LTE(this=exp.Sub(this=AT.copy(), expression=end.copy()), expression=longest))
    if step.without is not None:
        other = exp.column(f"other_{place}", quoted=True)
        never = exp.Is(this=other, expression=exp.Null())
        tests.append(exp.or_(never, exp.LTE(this=other.copy(), expression=end.copy())))
    return tests


def _last_before(test: exp.Expr) -> exp.Expr:
    """The time of the customer's last row before this one for which the test holds."""
    at = exp.Case(ifs=[exp.If(this=test.copy(), true=AT.copy())])
    earlier = exp.WindowSpec(
        kind="RANGE", start="UNBOUNDED", start_side="PRECEDING", end=exp.Literal.number(1), end_side="PRECEDING"
    )
    return exp.Window(this=exp.Max(this=at), partition_by=[CUSTOMER.copy()], order=_order(AT), spec=earlier)


def _chain_rows(chain: Chain, event_times: EventTimes) -> exp.Query:
    """All rows that are a step or in the way, each told what it is."""
    flags: dict[str, Occurring] = {}
    for place, step in enumerate(chain.steps):
        flags[f"step_{place}"] = step.what
        if step.without is not None:
            flags[f"without_{place}"] = step.without
    tables = sorted({one.table for one in flags.values()})
    parts = [_table_rows(table, flags, time_tests(chain.bounds, event_times)) for table in tables]
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)


def _table_rows(table: str, flags: dict[str, Occurring], when: Sequence[exp.Expr]) -> exp.Select:
    tests = {name: one.test.copy() if one.table == table else exp.false() for name, one in flags.items()}
    at = exp.Anonymous(this="epoch_us", expressions=[TIME.copy()])
    columns = [exp.alias_(test, name, quoted=True) for name, test in tests.items()]
    fitting = exp.or_(*(one.test.copy() for one in flags.values() if one.table == table))
    rows = exp.select(CUSTOMER.copy(), exp.alias_(at, "at", quoted=True), *columns)
    return rows.from_(exp.to_table(table)).where(fitting, *when)


def _flag(name: str, place: int) -> exp.Expr:
    return exp.column(f"{name}_{place}", quoted=True)


def select_ranking(ranking: Ranking, event_times: EventTimes) -> exp.Select | None:
    """Ranks of the customers found that there are."""
    found = select(ranking.search, event_times, None)
    if found is None:
        return None
    known = exp.In(this=CUSTOMER.copy(), query=exp.Subquery(this=exp.select(CUSTOMER.copy()).from_(CUSTOMERS)))
    highest_first = exp.Order(expressions=[exp.Ordered(this=exp.column("value", quoted=True), desc=True)])
    measured = found.select(exp.alias_(ranking.order.copy(), "value", quoted=True)).where(known)
    rank = exp.Window(this=exp.Anonymous(this="rank"), order=highest_first)
    everybody = exp.Window(this=exp.Count(this=exp.Star()))
    ranks = _from(
        measured, CUSTOMER, exp.alias_(rank, "rank", quoted=True), exp.alias_(everybody, "among", quoted=True)
    )
    place, among = exp.column("rank", quoted=True), exp.column("among", quoted=True)
    if ranking.most is not None:
        return _from(ranks, CUSTOMER).where(exp.LTE(this=place, expression=exp.Literal.number(ranking.most)))
    before = exp.Mul(
        this=exp.Paren(this=exp.Sub(this=place, expression=exp.Literal.number(1))),
        expression=exp.cast(exp.Literal.number(100_000_000), exp.DataType.Type.INT128),
    )
    share = exp.Mul(this=among, expression=exp.Literal.number(ranking.millionths))
    return _from(ranks, CUSTOMER).where(exp.LT(this=before, expression=share))


def _from(rows: exp.Query, *columns: exp.Expr) -> exp.Select:
    return exp.select(*(column.copy() for column in columns)).from_(rows.subquery("rows", copy=False))


def _order(column: exp.Expr) -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=column.copy())])
