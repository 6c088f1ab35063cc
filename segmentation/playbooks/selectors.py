"""The playbooks as a marketer sees them: each group with its live count."""

from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from customers import consent
from segmentation.errors import SegmentationError
from segmentation.playbooks.base import Playbook, Variant
from segmentation.playbooks.ready import PLAYBOOKS
from segmentation.rules.problems import RuleError
from segmentation.sets import answers
from segmentation.tags.models import in_language


@dataclass(frozen=True)
class Group:
    """A group now: how many customers, how many of them may be reached; or why it cannot be counted yet."""

    variant: Variant
    name: str
    offer: str
    customers: int | None
    reachable: int | None
    problem: str = ""


@dataclass(frozen=True)
class Card:
    """A playbook with its groups."""

    playbook: Playbook
    name: str
    about: str
    groups: list[Group]


def cards(as_of: datetime) -> list[Card]:
    """Every playbook, counted now."""
    allowed = {channel: BitMap(consent.reachable(channel=channel)) for channel in {p.channel for p in PLAYBOOKS}}
    return [
        Card(
            playbook,
            in_language(playbook.labels.zh, playbook.labels.en),
            in_language(playbook.about.zh, playbook.about.en),
            [_group(variant, allowed[playbook.channel], as_of) for variant in playbook.variants],
        )
        for playbook in PLAYBOOKS
    ]


def _group(variant: Variant, allowed: BitMap, as_of: datetime) -> Group:
    name, offer = in_language(variant.labels.zh, variant.labels.en), in_language(variant.offer.zh, variant.offer.en)
    try:
        found = answers.answer(variant.document(), as_of=as_of)
    except RuleError as error:
        problem = "; ".join(one.text(in_language("zh", "en")) for one in error.problems)
        return Group(variant, name, offer, None, None, problem)
    except SegmentationError as error:
        return Group(variant, name, offer, None, None, error.message)
    return Group(variant, name, offer, len(found), len(found & allowed))
