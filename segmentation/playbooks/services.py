"""Uses a playbook: the segment, the draft of an audience, and how to measure it."""

from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from segmentation.audiences.models import Audience
from segmentation.audiences.services import create_audience
from segmentation.errors import SegmentationError
from segmentation.people import Person
from segmentation.playbooks.base import Playbook, Variant
from segmentation.playbooks.ready import PLAYBOOKS
from segmentation.segments.models import Segment
from segmentation.segments.services import create_segment
from segmentation.tags.models import in_language


def playbook_of(key: str, variant: str) -> tuple[Playbook, Variant]:
    """The playbook and its group. Raises SegmentationError "unknown_playbook"."""
    for playbook in PLAYBOOKS:
        for one in playbook.variants:
            if (playbook.key, one.key) == (key, variant):
                return playbook, one
    raise SegmentationError(_("There is no such playbook."), code="unknown_playbook")


def use_playbook(*, key: str, variant: str, by: Person) -> tuple[Segment, Audience]:
    """The segment (the one there is, if made before) and a new draft of an audience with a suggested measurement.

    Raises RuleError when the shop has no such tag yet.
    """
    playbook, chosen = playbook_of(key, variant)
    name = f"{playbook.key}-{chosen.key}"
    zh, en = (f"{p} · {v}" for p, v in ((playbook.labels.zh, chosen.labels.zh), (playbook.labels.en, chosen.labels.en)))
    with transaction.atomic():
        segment = cast(Segment | None, Segment.objects.filter(key=name).first()) or create_segment(
            key=name, rule=chosen.document(), template="", by=by, name_zh=zh, name_en=en,
            description_zh=chosen.offer.zh, description_en=chosen.offer.en,
        )  # fmt: skip
        audience = create_audience(
            by=by,
            name=in_language(zh, en)[:100],
            channel=playbook.channel,
            include={"version": 1, "rule": {"all": [{"segment": name}]}},
            holdout_percent=playbook.holdout_percent,
            suggested={"metric": playbook.metric, "days": playbook.days, "columns": list(playbook.columns)},
        )
    return segment, audience
