"""How numbers, times and shares are written, in both languages; what every page sends along."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from segtag_site.templatetags import look


def rendered(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_thousands_stand_apart_in_both_languages(language):
    with override(language):
        assert look.number(1234567) == "1,234,567"
        assert rendered("{{ n }}", n=1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (3.0, "3"), (3.14159, "3.14"), (314.159, "314.2"), (31415.9, "31,416"), (None, "–"), ("", "–")],
)
def test_a_number_has_as_many_decimals_as_tell_something(value, words):
    with override("en"):
        assert look.number(value) == words


def test_large_numbers_are_shortened_as_the_language_counts():
    with override("en"):
        assert (look.compact(9999), look.compact(45960), look.compact(4_596_000)) == ("9,999", "46.0k", "4.6M")
    with override("zh-hans"):
        assert (look.compact(9999), look.compact(45960), look.compact(459_600_000)) == ("9,999", "4.6万", "4.6亿")


def test_a_share_of_nothing_is_not_a_number():
    assert look.share(1, 0) == "–"
    assert look.share(None, 10) == "–"
    assert look.share(1, 8) == "12.5%"


def test_a_time_is_shown_in_the_sites_zone_with_the_exact_moment_behind_it():
    shown = look.exact(datetime(2026, 3, 1, 20, 30, tzinfo=UTC))
    assert 'datetime="2026-03-02T04:30:00+08:00"' in shown
    assert "Asia/Shanghai" in shown


def test_a_recent_time_is_told_as_ago_and_an_old_one_as_its_date():
    with override("en"):
        assert "3 hours ago" in look.moment(timezone.now() - timedelta(hours=3)).replace("\xa0", " ")
        assert ">1 Mar 2020<" in look.moment(datetime(2020, 3, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.4 s"), (12.3, "12 s"), (185, "3 min 5 s"), (timedelta(seconds=61), "1 min 1 s")]
)
def test_a_duration_is_told_as_coarsely_as_it_is_long(seconds, words):
    with override("en"):
        assert look.duration(seconds) == words


def test_help_and_icons_cannot_be_broken_out_of():
    nasty = '"><script>x</script>'
    assert "<script>" not in look.help(nasty)
    assert "<script>" not in look.icon(nasty)


@pytest.mark.django_db
def test_pages_may_run_only_scripts_of_this_host(client):
    policy = client.get("/login/")["Content-Security-Policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"


@pytest.mark.django_db
def test_every_error_page_speaks_without_needing_a_page_around_it(client, settings):
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "404" in answer.content.decode()
    for page in ("400.html", "403.html", "403_csrf.html", "404.html", "500.html"):
        assert "</html>" in render_to_string(page)
