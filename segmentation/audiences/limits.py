"""What the shop's rules of contact and the audience's size take away from an audience, as sets."""

import array
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from uuid import UUID

import numpy as np
import pyarrow.compute as pc
from django.db.models import Q
from django.utils.translation import gettext as _
from pyroaring import AbstractBitMap, BitMap

from customers import profiling
from customers.models import Customer
from segmentation.audiences import holdout
from segmentation.audiences.contact_models import ContactPolicy, Suppression
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.profiled import by_profiling
from segmentation.audiences.waterfall import Limits, Lots
from segmentation.errors import SegmentationError
from segmentation.lake.tables import Source
from segmentation.profiles.catalog import all_features
from segmentation.profiles.selectors import feature_frame, label_of
from segmentation.scores import store as scores
from segmentation.sets import store
from segmentation.tags.models import Tag
from segmentation.tags.values import scores_of

# Of all namespaces of lots that seeds open, ours.
SEEDS = 0x5E67_7A60_0000_0000_0000_0000_0000_0000


def limits_of(audience: Audience, as_of: datetime, *, source: Source, now: datetime) -> Limits:
    """All that is taken away from this audience beside exclusion and consent. `now` decides who is quiet or capped."""
    stable = oldest_of_merged()
    rules = the_policy()
    suppressed, quiet = blocked(audience.channel, now)
    share = rules.universal_percent
    return Limits(
        suppressed=suppressed,
        quiet=quiet,
        unprofiled=BitMap(profiling.refusing()) if by_profiling(audience) else BitMap(),
        capped=contacted_enough(audience, rules, now),
        universal=Lots(rules.universal_salt, share) if share else None,
        size=audience.size_limit,
        choice=partial(_chosen, audience=audience, as_of=as_of, source=source, stable=stable),
        stable=stable,
    )


def the_policy() -> ContactPolicy:
    """The shop's rules of contact; made with none when first asked for."""
    policy, _made = ContactPolicy.objects.get_or_create(key="shop")
    return policy


def blocked(channel: str, now: datetime) -> tuple[BitMap, BitMap]:
    """Who gets nothing over this channel: for good, and until a moment that is still to come.

    An entry about somebody who was merged into another customer counts for that customer.
    """
    rows = Suppression.objects.filter(Q(channel=channel) | Q(channel=""), Q(until=None) | Q(until__gt=now))
    suppressed, quiet = BitMap(), BitMap()
    for customer, root, until in rows.values_list("customer_id", "customer__merged_into_id", "until").iterator():
        (suppressed if until is None else quiet).add(root or customer)
    return suppressed, quiet


def contacted_enough(audience: Audience, policy: ContactPolicy, now: datetime) -> BitMap:
    """Who was reached over this channel by as many other campaigns as the frequency cap allows, in its days.

    A campaign counts once, however often it was frozen in that time; one that waits for approval does not.
    """
    cap = policy.caps.get(audience.channel)
    if not cap:
        return BitMap()
    lately = AudienceVersion.objects.filter(
        approval__in=[AudienceVersion.Approval.NOT_NEEDED, AudienceVersion.Approval.APPROVED],
        audience__channel=audience.channel,
        frozen_at__gt=now - timedelta(days=cap["days"]),
        frozen_at__lte=now,
    ).exclude(audience=audience.pk)
    campaigns: dict[int, list[AbstractBitMap]] = {}
    for version in lately.select_related("reached").defer("reached__members", "reached__entered", "reached__left"):
        campaigns.setdefault(version.audience_id, []).append(store.as_kept(version.reached))
    return at_least(cap["most"], (BitMap().union(*sets) for sets in campaigns.values()))


def at_least(times: int, sets: Iterable[BitMap]) -> BitMap:
    """Who is in so many of the sets.

    >>> at_least(2, [BitMap([1, 2]), BitMap([2, 3]), BitMap([3, 4])])
    BitMap([2, 3])
    """
    levels = [BitMap() for _level in range(times)]
    for members in sets:
        for level in range(times - 1, 0, -1):
            levels[level] |= levels[level - 1] & members
        levels[0] |= members
    return levels[-1]


def oldest_of_merged() -> dict[int, int]:
    """Of each customer into whom others were merged, the oldest id of the group, where that is another than its own.

    Whoever of the group stands for it, and whatever is merged into it later, its lots stay the same.
    """
    pairs = Customer.objects.filter(merged_into__isnull=False).values_list("merged_into_id", "pk")
    oldest: dict[int, int] = {}
    for root, merged in pairs.iterator():
        oldest[cast(int, root)] = min(merged, oldest.get(cast(int, root), merged))
    return {root: oldest[root] for root in sorted(oldest) if oldest[root] < root}


def ranks() -> dict[str, str]:
    """By what the best customers can be chosen: features that are numbers, and scores of predicted tags."""
    found = {f"feature.{key}": label_of(one) for key, one in all_features().items() if one.type == "number"}
    tags = Tag.objects.filter(kind="predicted", status=Tag.Status.LIVE).order_by("key")
    return found | {f"score.{tag.key}": tag.name for tag in tags}


def seed_salt(seed: int) -> UUID:
    """The lots that a seed draws."""
    return UUID(int=SEEDS + seed)


def _chosen(
    customers: BitMap, size: int, *, audience: Audience, as_of: datetime, source: Source, stable: dict[int, int]
) -> BitMap:
    """The best by the audience's feature or score; at random by its seed without one, and among equals."""
    if not audience.size_by:
        return holdout.lowest(customers, size, salt=seed_salt(audience.seed), stable=stable)
    ids, values = _values(audience.size_by, as_of, source)
    wanted = np.frombuffer(customers.to_array(), dtype=np.uint32)
    places = np.minimum(np.searchsorted(ids, wanted), max(len(ids) - 1, 0))
    known = np.full(len(wanted), np.inf)
    if len(ids):
        there = ids[places] == wanted
        known[there] = values[places[there]] if audience.size_lowest else -values[places[there]]
    known[np.isnan(known)] = np.inf
    lots = holdout.lots(wanted, salt=seed_salt(audience.seed))
    best = np.lexsort((lots, known))[:size]
    return BitMap(array.array("I", wanted[best].tobytes()))


def _values(rank: str, as_of: datetime, source: Source) -> tuple[np.ndarray, np.ndarray]:
    """Ids in order, and what each has of the feature or score (NaN: nothing)."""
    kind, _dot, key = rank.partition(".")
    if kind == "feature":
        table, name, number = feature_frame([key], as_of=as_of, source=source), "customer_id", key
    else:
        tag = Tag.objects.filter(key=key).first()
        found = scores.table(scores_of(tag)) if tag else None
        if found is None:
            raise SegmentationError(
                _("There is no score “%(key)s” yet. Compute the tag first.") % {"key": key}, code="score_missing"
            )
        table, name, number = found, "id", "score"
    values = pc.cast(table[number], "float64").to_numpy(zero_copy_only=False)
    return table[name].to_numpy(), values
