from __future__ import annotations

from datetime import date
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.fields import FIELDS
from outreach.roster import values
from outreach.roster.values import HOSTILE, Refused

DAYS = st.dates(date(1900, 1, 1), date(2126, 12, 31))


@given(DAYS)
def test_a_day_is_read_in_every_way_that_people_here_write_it(day):
    ways = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%Y/%m/%d", "%Y-%m-%dT00:00:00", "%d/%m/%Y 00:00"]
    assert {values.day(day.strftime(way)) for way in ways} == {day}
    assert values.day(f"{day.day}/{day.month}/{day.year}") == day


@given(DAYS)
def test_a_serial_number_is_a_day_in_a_workbook_and_nothing_in_a_text_file(day):
    serial = str((day - date(1899, 12, 30)).days)
    assert values.day(serial, serials=True) == day
    with pytest.raises(Refused):
        values.day(serial)


@pytest.mark.parametrize("text", ["31/02/1980", "2026-13-01", "29.02.2025", "20260231", "0000-01-01", "00/01/2020"])
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(Refused, match="no such day"):
        values.day(text)


@pytest.mark.parametrize("text", ["morgen", "1/2/26", "2026", "12-25", "1-2/2026", "٢٠٢٦-٠١-٠١", "2026-01-01x", "1.5"])
def test_what_is_not_written_as_a_day_is_refused(text):
    with pytest.raises(Refused, match="not a date"):
        values.day(text)


def test_yes_and_no_are_read_in_four_languages():
    assert all(values.yes_no(text) for text in ("ja", "JA", "Yes", "TRUE", "1", "oui", "Vrai", "j"))
    assert not any(values.yes_no(text) for text in ("nee", "Neen", "no", "false", "0", "NON", "nein"))
    with pytest.raises(Refused):
        values.yes_no("misschien")


def test_numbers_are_read_with_a_point_or_a_comma_and_never_guessed_at():
    assert (values.number("12,5"), values.number("-3.25"), values.whole_number("007")) == (12.5, -3.25, 7)
    for text in ("1.234,5", "1 000", "", "x", "1e5", "NaN", "inf", "1" * 16):
        with pytest.raises(Refused):
            values.number(text)
        with pytest.raises(Refused):
            values.whole_number(text)


def test_a_language_is_two_letters_with_or_without_its_country():
    given = ("nl", "NL", "nl-BE", "fr_BE", "de-be")
    assert [values.language(text) for text in given] == ["nl", "nl", "nl", "fr", "de"]
    for text in ("Nederlands", "n", "nl BE", "nederlands-be"):
        with pytest.raises(Refused):
            values.language(text)


def test_a_time_zone_is_one_of_the_worlds_in_whatever_case():
    given = ("Europe/Brussels", "asia/TOKYO", "america/new_york", "UTC")
    assert [values.time_zone(text) for text in given] == ["Europe/Brussels", "Asia/Tokyo", "America/New_York", "UTC"]
    assert all(values.time_zone(name) == name for name in available_timezones())
    with pytest.raises(Refused, match="did you mean Europe/Brussels"):
        values.time_zone("Europe/Brussel")
    for text in ("CET+1", "+01:00", "../etc/passwd", "Jan Peeters"):
        with pytest.raises(Refused, match="write it as Europe/Brussels") as caught:
            values.time_zone(text)
        assert text not in str(caught.value).replace("Europe/Brussels", "")


def test_a_choice_is_read_in_any_case_and_with_spaces_for_hyphens():
    read = values.choice(FIELDS["contract"])
    assert {read(text) for text in ("fixed-term", "Fixed-Term", "FIXED TERM", "fixed_term", " fixed  term ")} == {
        "fixed-term"
    }


def test_an_unknown_code_is_told_with_its_nearest_neighbour():
    with pytest.raises(Refused, match="'fixd-term' is not a contract; did you mean fixed-term"):
        values.choice(FIELDS["contract"])("fixd-term")
    with pytest.raises(Refused, match="one of f, m, x"):
        values.choice(FIELDS["gender"])("Q")


@pytest.mark.parametrize(
    "text", ["jan.peeters@x.example", "Van den Broeck Jozef Maria", "Zoë", "Kerkstraat 12 bus 3 te Gent"]
)
def test_what_slipped_into_a_column_of_codes_is_not_repeated(text):
    with pytest.raises(Refused) as caught:
        values.choice(FIELDS["contract"])(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize(
    "character", ["\0", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ud800"]
)
def test_what_could_break_a_mail_or_turn_its_text_around_is_hostile(character):
    assert HOSTILE.search(f"Jan{character}Peeters")


@pytest.mark.parametrize(
    "name", ["D'Hondt", "<b>", "{{ x }}", "{% if %}", "Zoë", "👩‍👩‍👧", "محمد", "שרה", "Łukasz", "a\u200fb", '"']
)
def test_names_as_people_have_them_are_not(name):
    assert not HOSTILE.search(name)
