"""Clusterings on trial: a run finds the groups and keeps them in its result; nobody's tags change until it is saved."""

import secrets
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.spelling import free_key
from segmentation.errors import SegmentationError
from segmentation.people import Person
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.tags import services
from segmentation.tags.computing import Question, computed
from segmentation.tags.facts import Facts
from segmentation.tags.models import Category, Tag

TRY = "clusters.try"
KIND = "cluster"
CATEGORY = ("clusters", "聚类分群", "Clusters")


def request_trial(
    *, definition: dict[str, Any], name_zh: str = "", name_en: str = "", tag: Tag | None = None, by: Person
) -> Run:
    """A run that finds the groups of a definition: for a new tag of these names, or a new version of `tag`.

    Raises DefinitionError when it cannot run.
    """
    saved = services.checked_definition(key=tag.key if tag else "", kind=KIND, definition=definition)
    params = {"definition": saved, "name_zh": name_zh, "name_en": name_en, "tag": tag.key if tag else ""}
    return request_run(kind=TRY, subject=f"try-{secrets.token_hex(6)}", params=params, by=by)


def tried(
    params: dict[str, Any], facts: Facts, *, seed: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:  # fmt: skip
    """What the groups would be: all that a run of the tag says of itself, and the values that it would have."""
    tag = tag_of(params) or Tag(kind=KIND, exclusive=True)
    outcome = computed(Question(tag, params["definition"], facts, seed=seed, progress=progress))
    values = [
        {"key": value.key, "zh": value.name_zh, "en": value.name_en, "colour": value.colour, **value.detail}
        for value in outcome.values
    ]
    counted = {"everybody": len(facts.everybody), "covered": len(outcome.covered)}
    return {**outcome.details, "values": values, **counted}


def tag_of(params: dict[str, Any]) -> Tag | None:
    """The tag that a trial is about; None for a new one."""
    return Tag.objects.filter(key=params["tag"], kind=KIND).first() if params["tag"] else None


def save_trial(*, run: Run, by: Person) -> Tag:
    """The trial's definition as a draft: a new tag, or the next version of the one that it is about."""
    if run.state != Run.State.SUCCEEDED:
        raise SegmentationError(_("This trial has not found any groups: nothing to save."), code="not_succeeded")
    definition, names = run.params["definition"], (run.params["name_zh"], run.params["name_en"])
    with transaction.atomic():
        if tag := tag_of(run.params):
            services.new_version(tag=tag, definition=definition, by=by)
            return tag
        return services.create_tag(
            key=free_key(Tag, names[1], names[0], otherwise="clusters"),
            kind=KIND,
            definition=definition,
            category=_category(by),
            name_zh=names[0],
            name_en=names[1],
            by=by,
        )


def _category(by: Person) -> Category:
    key, zh, en = CATEGORY
    there = Category.objects.filter(key=key).first()
    return there or services.create_category(key=key, name_zh=zh, name_en=en, by=by)
