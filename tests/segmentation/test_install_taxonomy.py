"""`manage.py install_taxonomy`, as operators run it."""

from io import StringIO

import pytest
from django.core.management import call_command

from segmentation.segments.models import Segment
from segmentation.segments.services import delete_segment, new_version
from segmentation.tags.models import Tag

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]


def installed():
    out = StringIO()
    call_command("install_taxonomy", stdout=out)
    return out.getvalue()


def test_it_tells_what_it_made_and_what_it_left_out_and_why():
    told = installed()
    assert str(Tag.objects.count()) in told
    assert "gender" in told
    assert Segment.objects.count() == 14


def test_a_second_time_it_makes_nothing():
    installed()
    before = Tag.objects.count(), Segment.objects.count()
    installed()
    assert (Tag.objects.count(), Segment.objects.count()) == before
    assert set(Tag.objects.values_list("live_version__number", flat=True)) == {1}


def test_edited_and_deleted_segments_stay_so():
    installed()
    rule = {"version": 1, "rule": {"feature": "frequency", "op": "at_least", "value": 5}}
    new_version(segment=Segment.objects.get(key="loyal"), rule=rule, by=None)
    delete_segment(segment=Segment.objects.get(key="rising"), by=None)
    installed()
    assert Segment.objects.get(key="loyal").live_version.number == 2
    assert not Segment.objects.filter(key="rising").exists()


def test_the_category_of_the_ready_segment_is_one_of_the_shop_s():
    installed()
    fans = Segment.objects.get(key="category-fans")
    assert fans.name_zh.startswith("品类偏好客户：")
    assert fans.live_version.rule["rule"]["where"]["value"] in {"bread", "dairy", "fruit", "meat", "flowers"}
