"""Who is erased is on no map and typical of no group any more."""

import pytest
from django.utils import timezone
from pyroaring import BitMap

from segmentation.runs.models import Run
from segmentation.segments import forgetting
from segmentation.segments.staying import packed, unpacked
from segmentation.tags.models import Tag, TagValue
from segmentation.tags.services import create_category

pytestmark = pytest.mark.django_db


def test_a_forgotten_customer_leaves_cards_maps_and_the_waiting():
    category = create_category(key="c", name_zh="类", name_en="C")
    tag = Tag.objects.create(key="groups", kind="cluster", category=category, name_zh="群", name_en="Groups")
    value = TagValue.objects.create(tag=tag, key="c1", order=1, detail={"exemplars": [7, 8], "size": 2})
    result = {
        "map": {"points": [[0.1, 0.2, 0, 7], [0.3, 0.4, 0, 8]], "centres": []},
        "waiting": packed({"c1": BitMap([7]), "c2": BitMap([7, 9])}),
    }
    run = Run.objects.create(kind="tags.compute", subject="groups", as_of=timezone.now(), result=result)

    assert forgetting.forget([7]) == 2

    value.refresh_from_db()
    run.refresh_from_db()
    assert value.detail == {"exemplars": [8], "size": 2}
    assert run.result["map"]["points"] == [[0.3, 0.4, 0, 8]]
    assert unpacked(run.result["waiting"]) == {"c2": BitMap([9])}
    assert forgetting.forget([7]) == 0
