"""Chinese in Latin letters."""

import doctest

import pytest

from customers import spelling
from segmentation.segments import origins
from segmentation.tags.models import Category


@pytest.mark.parametrize("module", [spelling, origins])
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("query", ["高价", "gaojia", "gjzkh", "GAO jia", "VIP", "jiazhi", ""])
def test_a_name_is_found_as_it_is_written_and_by_its_pinyin_whole_or_by_first_letters(query):
    assert spelling.found_by(query, "高价值客户 VIP", "other")


@pytest.mark.parametrize("query", ["低价", "dijia", "djz"])
def test_what_it_is_not_does_not_find_it(query):
    assert not spelling.found_by(query, "高价值客户 VIP")


@pytest.mark.django_db
def test_a_key_that_is_taken_gets_a_number_and_a_name_without_letters_another():
    Category.objects.add_root(instance=Category(key="chong-qing", name_zh="重庆", name_en="Chongqing"))
    assert spelling.free_key(Category, "重庆", otherwise="x") == "chong-qing-2"
    assert spelling.free_key(Category, "重", "Heavy", otherwise="x") == "zhong"
    assert spelling.free_key(Category, "★★★", "", otherwise="category") == "category"
