"""The page of the API."""

import re

import pytest
from django.test import Client


@pytest.fixture
def reader(django_user_model, db) -> Client:
    client = Client()
    client.force_login(django_user_model.objects.create_user("reader"))
    return client


def test_it_is_for_people_who_signed_in(db):
    assert Client().get("/api/docs/").status_code == 302
    assert Client().get("/api/schema/").status_code == 401


def test_it_keeps_to_the_strict_policy(reader):
    page = reader.get("/api/docs/")
    policy = page["Content-Security-Policy"]
    assert "unsafe-inline" not in re.search(r"script-src ([^;]*)", policy)[1]
    html = page.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert not re.search(r"<style", html)
    assert not re.search(r'(src|href)="(https?:)?//', html)


def test_its_script_and_the_document_it_shows_are_served_here(reader):
    html = reader.get("/api/docs/").content.decode()
    script = re.search(r'src="([^"]*script[^"]*)"', html)[1].replace("&amp;", "&")
    answer = reader.get(script)
    assert answer["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in answer.content.decode()
    assert "/api/v1/customers" in reader.get("/api/schema/?format=json").content.decode()


def test_the_document_is_in_english_whatever_the_reader_speaks(reader):
    english, chinese = (
        reader.get("/api/schema/?format=json", headers={"accept-language": language}).content
        for language in ("en", "zh-hans")
    )
    assert english == chinese
    assert english.isascii()
