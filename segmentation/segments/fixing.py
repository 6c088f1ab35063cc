"""Segments of fixed customers: snapshots of a set, and uploaded lists."""

from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.segments import lists
from segmentation.segments.fixed import document_of, is_fixed, named_by
from segmentation.segments.fixed_models import FixedMembers
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.segments.services import Description, create_segment, new_version
from segmentation.sets import store
from segmentation.sets.models import NamedSet


def create_snapshot(*, key: str, of: NamedSet, by: Person, **description: Unpack[Description]) -> Segment:
    """A segment of the customers that a set holds now, and for ever. Raises NotComputed before its first run."""
    return create_segment(key=key, rule=lambda made: document_of(_frozen(made, of, by)), by=by, **description)


def freeze_again(*, segment: Segment, of: NamedSet, by: Person) -> SegmentVersion:
    """The same set once more as it is now: a new version."""
    with transaction.atomic():
        return new_version(segment=segment, rule=document_of(_frozen(segment, of, by)), by=by)


def create_listed(*, key: str, name: str, data: bytes, by: Person, **description: Unpack[Description]) -> Segment:
    """A segment of the customers that an uploaded list names. Raises SegmentationError "list_empty" for nobody."""
    sheet = _some(lists.read(data))
    return create_segment(
        key=key, rule=lambda made: document_of(_taken(made, name, sheet, None, by)), by=by, **description
    )


def take_list(*, segment: Segment, name: str, data: bytes, add: bool, by: Person) -> FixedMembers:
    """Another list, in the place of the segment's customers or added to them: a new version.

    Raises SegmentationError "not_listed" for a segment that is made otherwise.
    """
    document = segment.live_version.rule if segment.live_version else None
    if document is None or not is_fixed(document) or document["origin"] != FixedMembers.Origin.LIST:
        raise SegmentationError(_("Only a segment that was made from a list takes another one."), code="not_listed")
    sheet = _some(lists.read(data))
    with transaction.atomic():
        taken = _taken(segment, name, sheet, document if add else None, by)
        new_version(segment=segment, rule=document_of(taken), by=by)
    return taken


def _some(sheet: lists.Sheet) -> lists.Sheet:
    """The sheet, if it names anybody."""
    if not sheet.members:
        raise SegmentationError(
            _("The list names no customer that is known: %(lines)d lines, %(unknown)d unknown, %(invalid)d invalid.")
            % {
                "lines": sheet.books["rows"],
                "unknown": sheet.books["unmatched"],
                "invalid": sheet.books["invalid"],
            },
            code="list_empty",
            where="file",
        )
    return sheet


def _frozen(segment: Segment, of: NamedSet, by: Person) -> FixedMembers:
    if of.current is None:
        raise store.NotComputed(_("%(set)s has not been computed yet.") % {"set": of})
    names = [": ".join(filter(None, pair)) for pair in zip(*_labels(of), strict=True)]
    return FixedMembers.objects.create(
        segment=segment,
        origin=FixedMembers.Origin.SNAPSHOT,
        made_by=user_of(by),
        of_kind=of.kind,
        of_key=of.key,
        of_value=of.value,
        of_name_zh=names[0],
        of_name_en=names[1],
        of_version=of.current.number,
        of_base_date=of.current.as_of,
        members=store.dump(store.at_version(of.current)),
    )


def _labels(of: NamedSet) -> tuple[tuple[str, str], tuple[str, str]]:
    return (of.label_zh, of.label_en), (of.value_label_zh, of.value_label_en)


def _taken(
    segment: Segment, name: str, sheet: lists.Sheet, added_to: dict[str, object] | None, by: Person
) -> FixedMembers:
    members = sheet.members
    if added_to is not None:
        members = members | named_by(added_to)
    return FixedMembers.objects.create(
        segment=segment,
        origin=FixedMembers.Origin.LIST,
        made_by=user_of(by),
        name=name[:200],
        added=added_to is not None,
        **sheet.books,
        refused=lists.packed(sheet.refused),
        members=store.dump(members),
    )
