"""Which customers were told something of, for whoever works out what follows from it; and how long that takes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import F, Min, Sum
from django.db.models.functions import Greatest

from customers import bulk
from customers.models import FreshMinute, Touched

# Told of who somebody is, not of an event.
PROFILE = ""


@dataclass
class Touch:
    """A customer, what was told of them, and since when it waits. `seen` are the rows that were read."""

    customer: int
    since: datetime
    what: set[str] = field(default_factory=set)
    seen: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Delay:
    """Of a span: customers looked at again, seconds it took in the middle and at worst; who waits, and since when."""

    customers: int
    mean: float | None
    worst: float | None
    waiting: int
    since: datetime | None


def mark(touched: Iterable[tuple[int, str]], at: datetime) -> None:
    """Note them. Belongs in the transaction in which it was told."""
    since = bulk.stored_time(at)
    rows = [(customer, what, since, 1) for customer, what in sorted(set(touched))]
    bulk.insert(Touched, ["customer_id", "what", "since", "times"], rows, unless=["customer_id", "what"], add="times")


def take(most: int) -> list[Touch]:
    """Those that wait longest, with all that was told of them. Nothing changes."""
    first = Touched.objects.order_by("since").values_list("customer_id", flat=True)[: 2 * most]
    customers = list(dict.fromkeys(first))[:most]
    found: dict[int, Touch] = {}
    for row in Touched.objects.filter(customer_id__in=customers):
        touch = found.setdefault(row.customer_id, Touch(row.customer_id, row.since))
        touch.since = min(touch.since, row.since)
        touch.what.add(row.what)
        touch.seen.append((row.pk, row.times))
    return list(found.values())


def done(touches: Collection[Touch], at: datetime) -> None:
    """They need not be looked at again, unless more was told meanwhile. Belongs with what came of it."""
    by_times: dict[int, list[int]] = defaultdict(list)
    for touch in touches:
        for pk, times in touch.seen:
            by_times[times].append(pk)
    for times, pks in by_times.items():
        Touched.objects.filter(pk__in=pks, times=times).delete()
    waited = [max(0, int((at - touch.since).total_seconds() * 1000)) for touch in touches]
    minute, _made = FreshMinute.objects.get_or_create(minute=at.astimezone(UTC).replace(second=0, microsecond=0))
    FreshMinute.objects.filter(pk=minute.pk).update(
        customers=F("customers") + len(waited),
        milliseconds=F("milliseconds") + sum(waited),
        worst=Greatest(F("worst"), max(waited, default=0)),
    )


def forget(before: datetime) -> None:
    """What was told before then is known to all by now."""
    Touched.objects.filter(since__lt=before).delete()
    FreshMinute.objects.filter(minute__lt=before).delete()


def waiting_since(customer_id: int) -> datetime | None:
    """Since when something told of this customer waits; None if nothing does."""
    return Touched.objects.filter(customer_id=customer_id).aggregate(since=Min("since"))["since"]


def delay(since: datetime) -> Delay:
    """How fresh things were since then, and are."""
    rows = FreshMinute.objects.filter(minute__gte=since)
    told = rows.aggregate(n=Sum("customers"), all=Sum("milliseconds"))
    worst = rows.order_by("-worst").values_list("worst", flat=True).first()
    n = told["n"] or 0
    return Delay(
        customers=n,
        mean=told["all"] / n / 1000 if n else None,
        worst=worst / 1000 if n and worst is not None else None,
        waiting=Touched.objects.values("customer_id").distinct().count(),
        since=Touched.objects.aggregate(since=Min("since"))["since"],
    )
