"""What came and went with each version is kept in half the bytes; see segmentation/sets/packing.py."""

from collections.abc import Callable

from django.db import migrations
from pyroaring import BitMap

from segmentation.sets.packing import dump, dump_small, load

AT_ONCE = 500


def _repacked(pack: Callable[[BitMap], bytes]):
    def repack(apps, schema_editor) -> None:
        versions = apps.get_model("segmentation", "SetVersion").objects
        keys = list(versions.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), AT_ONCE):
            rows = list(versions.filter(pk__in=keys[start : start + AT_ONCE]).only("entered", "left"))
            for row in rows:
                row.entered, row.left = pack(load(row.entered)), pack(load(row.left))
            versions.bulk_update(rows, ["entered", "left"], batch_size=100)

    return repack


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0014_tag_origins")]
    operations = [migrations.RunPython(_repacked(dump_small), _repacked(dump))]
