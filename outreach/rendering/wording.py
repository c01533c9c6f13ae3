"""How values are worded in a language: dates and numbers, without the second that loading CLDR costs.

The languages of the roster's country are written out here; any other is asked of Babel, which is then loaded.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from jinja2 import Undefined

_MONTHS: dict[str, tuple[str, ...]] = {
    "nl": (
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ),
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "de": (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
}
#: Monday first, as `date.weekday` counts.
_WEEKDAYS: dict[str, tuple[str, ...]] = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur", "yi"})


def direction(language: str) -> str:
    """`rtl` for Arabic, Hebrew and their neighbours, else `ltr`."""
    return "rtl" if language.split("-", maxsplit=1)[0] in _RIGHT_TO_LEFT else "ltr"


@lru_cache(4096)
def day(value: date, language: str) -> str:
    """`31 januari 2027`; in French the first of a month is `1er`."""
    months = _MONTHS.get(language)
    if months is None:
        return _by_babel(value, language, "long")
    number = f"{value.day}." if language == "de" else "1er" if language == "fr" and value.day == 1 else str(value.day)
    return f"{number} {months[value.month - 1]} {value.year}"


@lru_cache(4096)
def weekday(value: date, language: str) -> str:
    """The day with its weekday: `dinsdag 2 februari 2027`."""
    names = _WEEKDAYS.get(language)
    if names is None:
        return _by_babel(value, language, "full")
    comma = "," if language in ("de", "en") else ""
    return f"{names[value.weekday()]}{comma} {day(value, language)}"


@lru_cache(1024)
def month(value: date, language: str) -> str:
    """The month and its year: `februari 2027`."""
    months = _MONTHS.get(language)
    if months is None:
        return _by_babel(value, language, "MMMM y")
    return f"{months[value.month - 1]} {value.year}"


def _by_babel(value: date, language: str, style: str) -> str:
    # Half a second to import: only for languages that have no table above.
    from babel.core import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return value.isoformat()
    return format_date(value, style, locale)


def printed(value: object, language: str) -> object:
    """What a template prints for a value: dates in words, whole numbers without `.0`, line ends all alike.

    Raises:
        TypeError: a yes/no fact, a list or another thing that has no wording of its own.
    """
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if isinstance(value, bool):
        raise TypeError("a yes/no fact cannot be printed; test it with {% if … %}")
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, (int, Undefined)):
        return value
    raise TypeError("only texts, numbers and dates can be printed")
