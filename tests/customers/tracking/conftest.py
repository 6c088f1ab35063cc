"""A source, and a way to send to it."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.http import HttpResponse
from django.test import Client

from customers.models import Source
from customers.tracking.sources import create_source


@pytest.fixture
def source_and_key(db) -> tuple[Source, str]:
    return create_source(name="site", platform="web")


@pytest.fixture
def source(source_and_key) -> Source:
    return source_and_key[0]


@pytest.fixture
def write_key(source_and_key) -> str:
    return source_and_key[1]


@pytest.fixture
def basic(write_key: str) -> str:
    return "Basic " + b64encode(f"{write_key}:".encode()).decode()


@pytest.fixture
def send(client: Client, basic: str) -> Callable[..., HttpResponse]:
    """Post `body` (bytes as they are, else as JSON) to `path` as the source."""

    def post(path: str, body: Any, **headers: str) -> HttpResponse:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        kind = headers.pop("content_type", "application/json")
        return client.post(path, data, content_type=kind, headers={"Authorization": basic} | headers)

    return post
