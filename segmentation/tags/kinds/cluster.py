"""Groups that a clustering algorithm finds; each keeps its key and its name from run to run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from pyroaring import BitMap

from customers import plugins
from segmentation.rules.catalog import NUMBER, TEXT, Catalog, Labels
from segmentation.segments import clustering, doubts, matching, model_card, naming, portrait, staying
from segmentation.segments.clustering import Clustering, Features, Model, Plan
from segmentation.segments.encoder import Treatment
from segmentation.segments.words import words_of
from segmentation.tags.block_facts import ORDER, PROPERTIES, block_values, weeks_of
from segmentation.tags.kinds.base import Asked, Context, Document, Example, FeatureColumn, Frame, Kind, Outcome, Value
from segmentation.tags.problems import Problem, problem
from segmentation.tags.rules import rule_problems
from segmentation.tags.wording import in_words

MOST_GROUPS = 20
# How many of a group's differences the answer to "why?" tells.
REASONS = 3
NOISE = "noise"
NOISE_COLOUR = "#adb5bd"
COLOURS = ("#066fd1", "#2f9e44", "#f08c00", "#ae3ec9", "#e03131", "#15aabf", "#74b816", "#f76707", "#4263eb", "#868e96")


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """By which features, into how many groups, and by which algorithm ("auto" tries several)."""

    features: Annotated[list[str], msgspec.Meta(min_length=1, max_length=40)]
    algorithm: str = "kmeans"
    # None lets the algorithm choose a number within `between`.
    k: int | None = None
    between: tuple[int, int] = (3, 8)
    # What becomes of a feature that says the same, or nothing, of everybody.
    useless: Literal["refuse", "leave_out"] = "refuse"
    # Only who fits this rule is clustered.
    among: dict[str, Any] | None = None
    # What is bought ("categories", "texts") or spent ("weeks"), each with its weight; 1 counts as three features.
    blocks: dict[Literal["categories", "texts", "weeks"], Annotated[float, msgspec.Meta(gt=0, le=5)]] = {}


class Cluster(Kind[Definition]):
    """Customers who are alike in many features at once; everybody with enough of them is in exactly one group.

    The first run encodes the features, chooses the number of groups and names them. Later runs keep the encoding and
    begin from the groups as they were, so that customers move only when they changed, and near a border only when two
    runs say so; a group is recognised by its members and keeps its key. A new definition, or a rebuild, begins anew
    and matches the groups all the same. Who fits nowhere has the value "noise", with algorithms that know noise.
    """

    labels = Labels("聚类", "Cluster")
    description = Labels(
        "由聚类算法发现的客群，自动命名", "Groups found by a clustering algorithm, with proposed names"
    )
    origin = "cluster"
    example = Example(
        {
            "features": ["frequency", "monetary", "recency_days", "discount_share"],
            "algorithm": "kmeans",
            "between": [3, 8],
        },
        (
            (Labels("每周来、少用折扣", "Comes weekly, few discounts"), Labels("高频-高消费", "Frequent, high spend")),
            (
                Labels("半年未来、几乎只买折扣", "Away for half a year, bought mostly at a discount"),
                Labels("久未购买-爱买折扣", "Lapsed, discount seekers"),
            ),
        ),
    )
    shape = Definition
    names_stay = True
    heavy = True

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = []
        for place, key in enumerate(definition.features):
            path = f"features[{place}]"
            if key not in catalog.features:
                found.append(problem(path, "unknown_feature", name=key))
            elif catalog.features[key].type not in {NUMBER, TEXT}:
                found.append(problem(path, "feature_type", name=key, type=NUMBER))
            if key in definition.features[:place]:
                found.append(problem(path, "repeated", found=key))
        known = plugins.names(clustering.ALGORITHMS)
        if definition.algorithm not in known:
            found.append(
                problem("algorithm", "unknown_algorithm", found=definition.algorithm, choices=", ".join(known))
            )
        if not all(2 <= k <= MOST_GROUPS for k in (definition.k or 2, *definition.between)):
            found.append(problem("k" if definition.k else "between", "groups_out_of_range", most=MOST_GROUPS))
        if definition.between[0] > definition.between[1]:
            found.append(problem("between", "not_rising"))
        found += _block_problems(definition, catalog)
        return found + (rule_problems(definition.among, catalog, "among") if definition.among else [])

    def features(self, definition: Definition) -> list[str]:
        return definition.features

    def rules(self, definition: Definition) -> dict[str, Document]:
        return {"among": definition.among} if definition.among else {}

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return ()

    def compute(self, definition: Definition, context: Context) -> Outcome:
        frame = _asked(definition, context)
        found = _found(definition, frame, context)
        context.progress("describing", 0, 0)
        keys = _keys(found, frame, context)
        stayed = _stayed(found, keys, frame, context)
        found = replace(found, clusters=replace(found.clusters, labels=stayed.labels))
        heat = portrait.heat_map(found, _raw(frame))
        values, members = _values(found, keys, frame, heat)
        details = {**_details(definition, found, frame, values, context), "heat_map": heat}
        if "weeks" in definition.blocks:
            details["weeks"] = weeks_of(found.clusters.labels, found.clusters.k, frame.ids, context)
        return Outcome(values, members, {**details, **_since(context, members, frame, found, stayed)})

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        zh, en = [], []
        for difference in value.detail.get("differences", [])[:REASONS]:
            number, unit, labels = asked.features[difference["feature"]]
            middle = difference.get("median", difference.get("mean"))  # as runs of before kept it
            has, group, overall = (in_words(n, unit) for n in (number, middle, difference["overall"]))
            zh.append(f"{labels.zh}：{has.zh}（本群中位数 {group.zh}，全体 {overall.zh}）")
            en.append(f"{labels.en}: {has.en} (median of the group {group.en}, of everybody {overall.en})")
        return Labels("；".join(zh), "; ".join(en))


def _asked(definition: Definition, context: Context) -> Frame:
    """The customers to be clustered: those with at least half of the features, and who fit `among`."""
    frame = context.features(definition.features)
    present = sum(column.present.astype(np.uint8) for column in frame.columns.values())
    asked = np.asarray(2 * present >= len(frame.columns))
    if definition.among:
        asked &= np.isin(frame.ids, np.array(context.answer(definition.among), dtype=frame.ids.dtype))
    return frame if asked.all() else frame.where(asked)


def _block_problems(definition: Definition, catalog: Catalog) -> list[Problem]:
    """Blocks about purchases of which nobody tells."""
    known = catalog.events[ORDER].item_properties if ORDER in catalog.events else {}
    asked = {key: PROPERTIES[key] for key in definition.blocks if key in PROPERTIES}
    return [
        problem(f"blocks.{key}", "unknown_property", event=ORDER, name=name)
        for key, name in asked.items()
        if name not in known
    ]


def _found(definition: Definition, frame: Frame, context: Context) -> Clustering:
    features = Features(
        {key: column.values for key, column in frame.columns.items()},
        {key: _treatment(column) for key, column in frame.columns.items()},
        block_values(definition.blocks, frame.ids, context),
        {str(key): weight for key, weight in definition.blocks.items()},
    )
    plan = Plan(definition.algorithm, definition.k, definition.between, definition.useless == "leave_out", context.seed)
    # Definitions of before had no blocks.
    if {"blocks": {}, **context.previous.get("definition", {})} == _plain(definition):
        model = Model.from_json(context.previous["model"])
        plan = replace(plan, algorithm=context.previous["algorithm"])
        return clustering.refresh(features, plan, model, progress=context.progress)
    return clustering.find(features, plan, progress=context.progress)


def _treatment(column: FeatureColumn) -> Treatment:
    if column.type == TEXT:
        return "category"
    return "share" if column.unit == "share" else "amount"


def _groups(found: Clustering, frame: Frame) -> list[BitMap]:
    return [frame.customers(found.clusters.labels == label) for label in range(found.clusters.k)]


def _keys(found: Clustering, frame: Frame, context: Context) -> list[str]:
    """The groups' keys, those of before where they are recognised."""
    return matching.keep_keys(_named(context.current), _groups(found, frame), used=tuple(context.known))


def _named(sets: Mapping[str, BitMap]) -> dict[str, BitMap]:
    """Without the outliers, who are no group."""
    return {key: members for key, members in sets.items() if key != NOISE}


def _stayed(found: Clustering, keys: Sequence[str], frame: Frame, context: Context) -> staying.Stayed:
    """The groups with those who stay although a border moved; after a rebuild everybody goes where he belongs."""
    if not found.refreshed:
        return staying.Stayed(found.clusters.labels, {}, 0)
    return staying.hold_back(
        frame.ids,
        found.clusters.labels,
        found.margins,
        keys,
        before=_named(context.current),
        waited=staying.unpacked(context.previous.get("waiting", {})),
    )


def _values(
    found: Clustering, keys: Sequence[str], frame: Frame, heat: Mapping[str, Any]
) -> tuple[tuple[Value, ...], dict[str, BitMap]]:  # fmt: skip
    """The groups as values, the largest first, and the customers of each; the outliers last."""
    cards = portrait.cards(found, heat, frame.ids)
    values = [
        Value(key, zh, en, _colour(key), card)
        for key, card, (zh, en) in zip(keys, cards, _names(heat, frame), strict=True)
    ]
    members = dict(zip(keys, _groups(found, frame), strict=True))
    outside = found.clusters.labels < 0
    if outside.any():
        values.append(Value(NOISE, "离群客户", "Outliers", NOISE_COLOUR, portrait.noise_card(found)))
        members[NOISE] = frame.customers(outside)
    return tuple(values), members


def _colour(key: str) -> str:
    return COLOURS[(int(key[1:]) - 1) % len(COLOURS)]


def _names(heat: Mapping[str, Any], frame: Frame) -> list[tuple[str, str]]:
    """Names from the numeric features that set each group apart."""
    words = [words_of(key, frame.columns[key].labels) for key in heat["features"]]
    return naming.names(np.array(heat["z"]).reshape(-1, len(words)), words)


def _details(
    definition: Definition, found: Clustering, frame: Frame, values: Sequence[Value], context: Context
) -> dict[str, Any]:
    """The run's result: pictures, figures, and the model from which the next run begins."""
    before = context.previous if found.refreshed else {}
    doubtful = doubts.doubts(found.model.encoder, found.matrix, frame.ids)
    missing = model_card.missing_shares(frame.columns)
    card = model_card.card(
        _plain(definition), found, as_of=context.as_of, seed=context.seed, missing=missing, doubts=doubtful
    )
    return {
        "definition": _plain(definition),
        "algorithm": found.algorithm,
        "refreshed": found.refreshed,
        "customers": len(frame.ids),
        "k": found.clusters.k,
        "choice": _plain(found.choice) if found.choice else before.get("choice"),
        "contest": found.clusters.remarks.get("contest") or before.get("contest"),
        "silhouette": round(found.quality.silhouette, 3),
        "stability": round(found.quality.stability, 3),
        "fidelity": round(found.surrogate.fidelity, 3),
        "left_out": before.get("left_out") or dict(found.left_out),
        "doubts": doubtful,
        "clusters": [
            {"key": value.key, "size": value.detail["size"], "silhouette": value.detail["silhouette"]}
            for value in values
            if value.key != NOISE
        ],
        "features": [_described(frame.columns[key]) for key in portrait.numeric(found)],
        "map": portrait.plane(found, frame.ids, seed=context.seed),
        "card": _plain(card),
        "model": found.model.to_json(),
    }


def _since(
    context: Context, members: Mapping[str, BitMap], frame: Frame, found: Clustering, stayed: staying.Stayed
) -> dict[str, Any]:
    """What changed since the run before: who went where, whether that is unusual, and which features drifted."""
    if not context.current:
        return {}
    moved = staying.movement(_named(context.current), _named(members), frame.ids)
    usual = context.previous.get("alarm", {}).get("shares", [])
    drifted = staying.drifted(found.model.encoder.names, found.matrix) if found.refreshed else []
    return {
        "movement": moved,
        "alarm": staying.alarm(moved["share"], usual),
        "drifted": drifted,
        "held": stayed.held,
        "waiting": staying.packed(stayed.waiting),
    }


def _described(column: FeatureColumn) -> dict[str, str]:
    return {"key": column.key, "zh": column.labels.zh, "en": column.labels.en, "unit": column.unit}


def _raw(frame: Frame) -> dict[str, np.ndarray]:
    return {key: column.values for key, column in frame.columns.items()}


def _plain(thing: Any) -> Any:
    """As it is once saved as JSON."""
    return msgspec.json.decode(msgspec.json.encode(thing))
