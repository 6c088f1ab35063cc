"""Other names for the values of a tag whose definition does not name them."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.privacy import access_log
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.tags.folders import refuse_locked
from segmentation.tags.models import TagValue
from segmentation.tags.values import make_values


def rename_value(*, value: TagValue, name_zh: str, name_en: str, by: Person) -> TagValue:
    """A person's names, which runs keep. One of the two may be empty: the other then serves for both.

    Raises SegmentationError "name_missing" without any, and "name_taken" when another value is called so.
    """
    refuse_locked(value.tag.category, by)
    zh, en = name_zh.strip()[:200], name_en.strip()[:200]
    zh, en = zh or en, en or zh
    if not zh:
        raise SegmentationError(_("Give the group a name."), code="name_missing", where="name_zh")
    others = value.tag.values.exclude(pk=value.pk)
    if others.filter(name_zh=zh).exists() or others.filter(name_en=en).exists():
        raise SegmentationError(_("Another group has this name."), code="name_taken", where="name_zh")
    before = [value.name_zh, value.name_en]
    value.name_zh, value.name_en = zh, en
    with transaction.atomic():
        value.save(update_fields=["name_zh", "name_en"])
        make_values(value.tag, ())
        access_log.record(
            actor=user_of(by),
            action="tag.rename_value",
            object_kind="tag",
            object_key=value.tag.key,
            detail={"value": value.key, "from": before, "to": [zh, en]},
        )
    return value
