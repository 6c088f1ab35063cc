"""Leaves as SQL: the vocabulary of rules in sqlglot expressions, and a search as a SELECT over the lake's tables."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlglot import exp

from segmentation.engines.expressions import EVENT, TIME, Expressions, binary, call, instant_literal, time_tests
from segmentation.rules.catalog import DATE, NUMBER
from segmentation.rules.days import EPOCH, Moment, offsets
from segmentation.rules.numbers import LARGEST_ADDED, UNIT
from segmentation.rules.vocabulary import FEATURES, ITEMS, Search
from segmentation.rules.windows import Bounds

CUSTOMER = exp.column("customer_id", quoted=True)
MICROSECONDS_PER_DAY = 86_400_000_000
# Whole days that make every day's number positive, so that dividing them rounds one way.
SHIFTED_DAYS = 1_000_000
# Day 4 of the era of Unix.
FIRST_MONDAY = 4
# More than any one number that is added comes to, in millionths.
LIFT = int(LARGEST_ADDED) * UNIT


class Sql(Expressions):
    """The vocabulary of `rules.vocabulary`: expressions, and measures over one customer's rows."""

    def time(self) -> exp.Expr:
        return TIME.copy()

    def minus(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return exp.Paren(this=exp.Sub(this=exp.Paren(this=left.copy()), expression=exp.Paren(this=right.copy())))

    def only(self, value: exp.Expr, test: exp.Expr) -> exp.Expr:
        return exp.Case(ifs=[exp.If(this=test.copy(), true=value.copy())])

    def earliest(self, value: exp.Expr) -> exp.Expr:
        return exp.ArgMin(this=value.copy(), expression=self._order())

    def latest(self, value: exp.Expr) -> exp.Expr:
        return exp.ArgMax(this=value.copy(), expression=self._order())

    def _order(self) -> exp.Expr:
        names = ("time", "event_id", "position") if self._table == ITEMS else ("time", "event_id")
        return exp.Anonymous(this="row", expressions=[exp.column(name, quoted=True) for name in names])

    def count(self) -> exp.Expr:
        return exp.Count(this=exp.Star())

    def count_of(self, value: exp.Expr) -> exp.Expr:
        return exp.Count(this=value.copy())

    def count_distinct(self, value: exp.Expr) -> exp.Expr:
        return exp.Count(this=exp.Distinct(expressions=[value.copy()]))

    def smallest(self, value: exp.Expr) -> exp.Expr:
        return exp.Min(this=value.copy())

    def largest(self, value: exp.Expr) -> exp.Expr:
        return exp.Max(this=value.copy())

    def sum_of_millionths(self, value: exp.Expr) -> exp.Expr:
        most = self.literal(LARGEST_ADDED, NUMBER)
        least = self.literal(-LARGEST_ADDED, NUMBER)
        kept = exp.Case(
            ifs=[
                exp.If(this=self.more_than(value, most), true=most),
                exp.If(this=self.less_than(value, least), true=least),
            ],
            default=value.copy(),
        )
        scaled = exp.Add(this=exp.Mul(this=kept, expression=self.literal(float(UNIT), NUMBER)), expression=_HALF.copy())
        return exp.Sum(this=exp.cast(exp.Floor(this=scaled), exp.DataType.Type.BIGINT))

    def or_zero(self, value: exp.Expr) -> exp.Expr:
        return exp.Coalesce(this=value.copy(), expressions=[exp.Literal.number(0)])

    def whole(self, number: int) -> exp.Expr:
        return exp.cast(exp.Literal.number(number), exp.DataType.Type.INT128)

    def times(self, left: exp.Expr, right: exp.Expr) -> exp.Expr:
        return binary(exp.Mul, left, right)

    def floored_ratio(self, millionths: exp.Expr, count: exp.Expr) -> exp.Expr:
        # `//` rounds towards 0, so nothing below 0 is divided.
        lifted = exp.Add(this=millionths.copy(), expression=exp.Mul(this=self.whole(LIFT), expression=count.copy()))
        return exp.IntDiv(this=exp.Paren(this=lifted), expression=count.copy())

    def period(self, unit: str, day: exp.Expr) -> exp.Expr:
        number = exp.Paren(this=day.copy())
        if unit == "days":
            return number
        if unit == "weeks":
            monday = exp.Literal.number((-SHIFTED_DAYS - FIRST_MONDAY) % 7)
            return exp.IntDiv(
                this=exp.Paren(this=exp.Add(this=number, expression=monday)), expression=exp.Literal.number(7)
            )
        since = exp.cast(exp.Sub(this=number, expression=exp.Literal.number(SHIFTED_DAYS)), exp.DataType.Type.INT)
        date = exp.Add(this=self.literal(EPOCH.date(), DATE), expression=since)
        year, per_year = call("year", date), {"months": 12, "quarters": 4, "years": 1}[unit]
        if per_year == 1:
            return year
        part = call(unit.removesuffix("s"), date)
        return exp.Add(this=exp.Mul(this=year, expression=exp.Literal.number(per_year)), expression=part)

    def event_id(self) -> exp.Expr:
        return exp.column("event_id", quoted=True)

    def local_day(self, bounds: Bounds, moment: Moment) -> exp.Expr:
        """The number of the day, by the time zone's offsets written out: zoneinfo decides, not DuckDB's tables."""
        first, last = self._event_times
        start = max(bounds.first or first, first)
        stop = max(min(bounds.stop or last, last), start)
        shifts = offsets(moment.timezone, start.date(), stop.date())
        cases = [
            exp.If(this=self.less_than(TIME, instant_literal(change)), true=_shift(shift))
            for (_, shift), (change, _) in pairwise(shifts)
        ]
        last_shift = _shift(shifts[-1][1])
        shift = exp.Case(ifs=cases, default=last_shift) if cases else last_shift
        local = exp.Add(this=call("epoch_us", TIME), expression=shift)
        return exp.IntDiv(this=exp.Paren(this=local), expression=exp.Literal.number(MICROSECONDS_PER_DAY))

    def day(self, day: date) -> exp.Expr:
        return exp.Literal.number((day - EPOCH.date()).days + SHIFTED_DAYS)


def select(
    search: Search, event_times: tuple[datetime, datetime], features_as_of: datetime | None
) -> exp.Select | None:
    """The SELECT of the customers found, over the lake's table names; None if there cannot be any."""
    tests = [] if search.where is None else [search.where]
    if search.event is not None:
        tests.append(binary(exp.EQ, EVENT, exp.Literal.string(search.event)))
    if search.bounds is not None:
        tests += time_tests(search.bounds, event_times)
    if search.table == FEATURES:
        if features_as_of is None:
            return None
        tests.append(binary(exp.EQ, exp.column("as_of", quoted=True), instant_literal(features_as_of)))
    query = exp.select(CUSTOMER.copy(), copy=False).from_(exp.to_table(search.table), copy=False)
    if tests:
        query = query.where(*tests, copy=False)
    if search.having is None:
        return query
    return query.group_by(CUSTOMER.copy(), copy=False).having(search.having, copy=False)


def _shift(offset: timedelta) -> exp.Expr:
    microseconds = SHIFTED_DAYS * MICROSECONDS_PER_DAY + offset // timedelta(microseconds=1)
    return exp.Literal.number(microseconds)


_HALF = exp.cast(exp.Literal.string("0.5"), exp.DataType.Type.DOUBLE)
