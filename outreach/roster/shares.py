"""The one table of what a made roster looks like: every share, with where it comes from.

*Published*: figures of the Flemish administration, 2019 to 2023, as DOMAIN.md gives them. *Counted*: the people of
the model case, in DOMAIN.md. *Assumed*: no source gives it, so it is a guess that keeps the whole believable.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Entitled people: 30,523 active and 14,459 retired. Counted.
PEOPLE = 44_982
ACTIVE = 30_523 / PEOPLE


@dataclass(frozen=True, slots=True)
class Share:
    """How often each value occurs; `None` is a fact that is missing."""

    of: dict[str | None, float]
    #: published, counted or assumed.
    source: str


#: Under each name: of whom, and how often.
SHARES: dict[str, Share] = {
    # --- the active staff ---
    "age": Share({"21-34": 0.19, "35-44": 0.28, "45-66": 0.53}, "published"),
    "gender": Share({"f": 0.59, "m": 0.408, "x": 0.002}, "published (x assumed)"),
    "grade": Share({"A": 0.313, "B": 0.336, "C": 0.212, "D": 0.139}, "published"),
    # Years since hired, by age; together 8 % were hired in the last year.
    "tenure of 21-34": Share({"0-1": 0.22, "1-5": 0.50, "5-42": 0.28}, "assumed"),
    "tenure of 35-44": Share({"0-1": 0.08, "1-5": 0.23, "5-42": 0.69}, "assumed"),
    "tenure of 45-66": Share({"0-1": 0.03, "1-5": 0.11, "5-42": 0.86}, "assumed"),
    # Statutory or on contract, by tenure: together the published 69.4 and 30.6 %; most newcomers start on contract.
    "terms of 0-1": Share({"statutory": 0.20, "on contract": 0.80}, "assumed"),
    "terms of 1-5": Share({"statutory": 0.45, "on contract": 0.55}, "assumed"),
    "terms of 5-42": Share({"statutory": 0.827, "on contract": 0.173}, "published, less the two above"),
    # Of those on contract.
    "contract of 0-1": Share({"permanent": 0.45, "fixed-term": 0.55}, "assumed"),
    "contract of 1-5": Share({"permanent": 0.65, "fixed-term": 0.35}, "assumed"),
    "contract of 5-42": Share({"permanent": 0.95, "fixed-term": 0.05}, "assumed"),
    # In how many months a fixed-term contract ends.
    "end of contract": Share({"0-6": 0.30, "6-12": 0.32, "12-24": 0.30, "24-48": 0.05, None: 0.03}, "assumed"),
    "shifts": Share({"yes": 0.13, "no": 0.85, None: 0.02}, "assumed"),
    "work e-mail": Share({"yes": 0.98, None: 0.02}, "assumed"),
    "private e-mail": Share({"yes": 0.25, None: 0.75}, "assumed"),
    # --- the retired ---
    "gender of retired": Share({"f": 0.50, "m": 0.50}, "assumed"),
    "private e-mail of retired": Share({"yes": 0.80, None: 0.20}, "assumed; a fifth without is what issue 2 asks"),
    "grade of retired": Share({"A": 0.20, "B": 0.25, "C": 0.25, "D": 0.15, None: 0.15}, "assumed"),
    # --- everybody ---
    "household of 21-34": Share(
        {"single": 0.35, "couple": 0.30, "couple-with-children": 0.26, "single-with-children": 0.05, None: 0.04},
        "assumed",
    ),
    "household of 35-44": Share(
        {"single": 0.18, "couple": 0.14, "couple-with-children": 0.53, "single-with-children": 0.11, None: 0.04},
        "assumed",
    ),
    "household of 45-66": Share(
        {"single": 0.22, "couple": 0.32, "couple-with-children": 0.33, "single-with-children": 0.09, None: 0.04},
        "assumed",
    ),
    "household of retired": Share({"single": 0.36, "couple": 0.58, None: 0.06}, "assumed"),
    "children": Share({"1": 0.38, "2": 0.43, "3": 0.14, "4": 0.05}, "assumed"),
    "language": Share({"nl": 0.922, "fr": 0.05, "en": 0.01, "de": 0.008, None: 0.01}, "assumed"),
    # Where a first and last name come from, of those who speak Dutch.
    "names": Share(
        {"nl_BE": 0.93, "fr_BE": 0.02, "tr_TR": 0.02, "pl_PL": 0.01, "it_IT": 0.01, "es_ES": 0.01},
        "assumed; nl_BE has names of North Africa in it already",
    ),
    # --- the policy domains: five hold over 80 % (published); which five, and how much, is assumed ---
    "domain": Share(
        {
            "Welzijn, Volksgezondheid en Gezin": 0.20,
            "Mobiliteit en Openbare Werken": 0.18,
            "Werk en Sociale Economie": 0.17,
            "Omgeving": 0.14,
            "Onderwijs en Vorming": 0.13,
            "Financiën en Begroting": 0.05,
            "Kanselarij en Bestuur": 0.04,
            "Landbouw en Visserij": 0.03,
            "Economie, Wetenschap en Innovatie": 0.025,
            "Cultuur, Jeugd, Sport en Media": 0.02,
            "Internationaal Vlaanderen": 0.015,
        },
        "published that five hold over 80 %; the rest assumed",
    ),
    "workplace": Share(
        {
            "Brussel": 0.36,
            "Antwerpen": 0.16,
            "Gent": 0.16,
            "Leuven": 0.10,
            "Hasselt": 0.09,
            "Brugge": 0.09,
            "Mechelen": 0.04,
        },
        "assumed",
    ),
}

#: What happens in a year, as a share of whom it can happen to; all assumed.
RATES: dict[str, float] = {
    # Of the active: newcomers, and those who leave for elsewhere.
    "hired": 0.075,
    "resigned": 0.030,
    # Of the active of 62 and older, and of 66: some 800 a year, as the model case gives 789 retirement gifts.
    "retired": 0.7,
    "retired at 66": 6.0,
    "died, active": 0.0015,
    "died, retired": 0.035,
    # Of the widowed partners who come into the roster when somebody in a couple dies.
    "survivor": 0.8,
    "moved house": 0.06,
    "moved entity": 0.03,
    "child": 0.05,
    "new household": 0.025,
    # Of the households and languages that are missing.
    "fact found": 0.2,
    # Of those hired in the last five weeks: HR puts the hire date right.
    "hire date corrected": 0.6,
}
#: What comes of a fixed-term contract on the day it ends; assumed.
CONTRACT_END = Share({"extended": 0.45, "permanent": 0.30, "left": 0.25}, "assumed")
#: Contacts beside the entitled people: one in a hundred, at most these, two an entity.
CONTACTS = 120
