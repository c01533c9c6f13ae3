"""Dates in words are those of CLDR, without loading it."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from outreach.rendering import wording

LOCALES = {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB", "de": "de_BE"}


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.sampled_from(sorted(LOCALES)))
def test_our_tables_agree_with_cldr(value, language):
    locale = LOCALES[language]
    expected = {style: format_date(value, style, locale) for style in ("long", "full", "MMMM y")}
    if language == "fr" and value.day == 1:
        # CLDR counts the first of a month like any other day; French does not.
        expected["long"] = expected["long"].replace("1 ", "1er ", 1)
        expected["full"] = expected["full"].replace(" 1 ", " 1er ", 1)
    assert wording.day(value, language) == expected["long"]
    assert wording.weekday(value, language).replace(",", "") == expected["full"].replace(",", "")
    assert wording.month(value, language) == expected["MMMM y"]


@pytest.mark.parametrize(("language", "said"), [("es", "31 de enero de 2027"), ("xx", "2027-01-31")])
def test_other_languages_are_asked_of_cldr(language, said):
    assert wording.day(date(2027, 1, 31), language) == said


def test_whole_numbers_lose_their_point_and_line_ends_become_alike():
    assert wording.printed(3.0, "nl") == 3
    assert wording.printed(3.5, "nl") == 3.5
    assert wording.printed("a\r\nb\rc", "nl") == "a\nb\nc"


def test_arabic_is_written_from_the_right():
    assert (wording.direction("ar"), wording.direction("nl")) == ("rtl", "ltr")
