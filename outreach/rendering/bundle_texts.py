"""What a bundle says by itself, by language: the questions that each piece of news answers, and how many it reaches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A bundle's own words in one language; `{…}` is filled in."""

    when: str
    who: str
    people: str
    #: Before the day on which the first messages leave, where they take several days.
    from_: str
    #: Where each person has a day of their own.
    always: str
    about: str
    fewer: str
    picture: str
    where: str
    full_feed: str


_WORDS = {
    "nl": Words(
        when="Wanneer krijgen ze ons bericht?",
        who="Voor wie?",
        people="Hoeveel?",
        from_="vanaf {day}",
        always="het hele jaar door, telkens wanneer het iemand aangaat",
        about="ongeveer {number} mensen van {entity}",
        fewer="minder dan {number} mensen van {entity}",
        picture="Beeld om te gebruiken",
        where="Waar?",
        full_feed="Alle sessies voor je agenda of je scherm",
    ),
    "fr": Words(
        when="Quand reçoivent-ils notre message ?",
        who="Pour qui ?",
        people="Combien ?",
        from_="à partir du {day}",
        always="toute l’année, chaque fois que cela concerne quelqu’un",
        about="environ {number} personnes de {entity}",
        fewer="moins de {number} personnes de {entity}",
        picture="Image à utiliser",
        where="Où ?",
        full_feed="Toutes les séances pour votre agenda ou votre écran",
    ),
    "de": Words(
        when="Wann kommt unsere Nachricht?",
        who="Für wen?",
        people="Wie viele?",
        from_="ab {day}",
        always="das ganze Jahr, immer wenn es jemanden betrifft",
        about="etwa {number} Personen von {entity}",
        fewer="weniger als {number} Personen von {entity}",
        picture="Bild zum Verwenden",
        where="Wo?",
        full_feed="Alle Termine für Ihren Kalender oder Ihren Bildschirm",
    ),
    "en": Words(
        when="When does our message reach them?",
        who="For whom?",
        people="How many?",
        from_="from {day} on",
        always="all year, whenever it concerns somebody",
        about="about {number} people of {entity}",
        fewer="fewer than {number} people of {entity}",
        picture="Picture to use",
        where="Where?",
        full_feed="All sessions for your calendar or your screen",
    ),
}


def words(language: str) -> Words:
    """A bundle's own words, in English for a language that we do not speak."""
    return _WORDS.get(language, _WORDS["en"])
