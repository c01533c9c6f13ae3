"""Public holidays of a country or a part of it, as the library `holidays` knows them.

They are looked up when definitions are read and travel in the release as dates: a run then needs no library, and two
machines with different versions of it close on the same days.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from outreach.definitions.refusal import RefusedError, advice, shown

#: Years for which they are looked up. A release lives for a few of them; the library knows rules that far ahead.
YEARS = range(2020, 2061)
EXAMPLES = ("BE", "NL", "DE-BY")

_REMEDY = "Write the two letters of a country (ISO 3166), such as `BE`, and your own days under `also`."


def parse_country(text: str) -> str:
    """A country by its two letters, or with a part of it: `BE`, `DE-BY` (ISO 3166).

    Raises:
        RefusedError: the library does not know it.
    """
    # Imported here: it takes a third of a second, and most workspaces need it once.
    from holidays import list_supported_countries

    country, dash, part = text.strip().partition("-")
    known = list_supported_countries(include_aliases=False)
    if country.upper() not in known:
        raise RefusedError(f"no public holidays are known of {shown(text)}", _REMEDY)
    names = {name.casefold(): f"{country.upper()}-{name}" for name in known[country.upper()]}
    if dash and part.casefold() not in names:
        remedy = advice(text, names.values(), f"parts of {country.upper()}")
        raise RefusedError(f"no public holidays are known of {shown(text)}", remedy)
    return names[part.casefold()] if dash else country.upper()


@lru_cache(maxsize=8)
def public_holidays(country: str) -> tuple[date, ...]:
    """The public holidays of what `parse_country` read, in order; days off in lieu of them included."""
    from holidays import country_holidays

    name, _, part = country.partition("-")
    return tuple(sorted(country_holidays(name, subdiv=part or None, years=YEARS)))
