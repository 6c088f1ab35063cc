from django.db import migrations, models

# What kinds of tags said of their values when this was written; all others compute them from figures.
ORIGINS = {
    "rule": "rule",
    "cluster": "cluster",
    "collaborative": "collaborative",
    "propagated": "propagated",
    "predicted": "predicted",
    "imported": "imported",
    "manual": "by_hand",
}


def name_origins(apps, schema_editor):
    tags, sets = apps.get_model("segmentation", "Tag"), apps.get_model("segmentation", "NamedSet")
    for key, kind in tags.objects.values_list("key", "kind"):
        sets.objects.filter(kind="tag_value", key=key).update(origin=ORIGINS.get(kind, "computed"))


class Migration(migrations.Migration):

    dependencies = [
        ('segmentation', '0013_deliveries'),
    ]

    operations = [
        migrations.AddField(
            model_name='namedset',
            name='origin',
            field=models.CharField(blank=True, editable=False, max_length=20),
        ),
        migrations.RunPython(name_origins, migrations.RunPython.noop),
    ]
