"""The access log's chain cannot fork, and its rows can be added only."""

import django.utils.timezone
from django.db import migrations, models

from customers.privacy.append_only import protect, unprotect

TABLE = "customers_accesslog"


def _protect(apps, schema_editor):
    protect(schema_editor.connection, TABLE)


def _unprotect(apps, schema_editor):
    unprotect(schema_editor.connection, TABLE)


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='accesslog',
            name='at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='at'),
        ),
        migrations.AlterField(
            model_name='accesslog',
            name='previous_hash',
            field=models.CharField(editable=False, max_length=64, unique=True),
        ),
        migrations.RunPython(_protect, _unprotect),
    ]
