"""All that is known of a customer as a file to hand over: for people (HTML) and for programs (JSON)."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from segmentation.privacy.loading import stores


def document(told: Mapping[str, Any]) -> str:
    """As JSON."""
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def zipped(told: Mapping[str, Any]) -> bytes:
    """Both, as a ZIP. It is kept nowhere."""
    named = [(stores()[key].label, plain) for key, plain in json.loads(document(told)).items()]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("customer.json", document(told))
        archive.writestr("customer.html", render_to_string("segmentation/privacy/package.html", {"parts": named}))
    return file.getvalue()
