"""Where made people live and work: towns and streets of Flanders and Brussels, and entities that do not exist.

The policy domains are the Flemish ones; the sixty entities in them are made up, as are their `.example` domains.
"""

from __future__ import annotations

#: Postal code, town, and how many of a thousand live there; roughly by the size of the towns.
TOWNS: tuple[tuple[str, str, int], ...] = (
    ("2000", "Antwerpen", 70), ("9000", "Gent", 65), ("8000", "Brugge", 35), ("3000", "Leuven", 40),
    ("3500", "Hasselt", 32), ("2800", "Mechelen", 40), ("9300", "Aalst", 38), ("1000", "Brussel", 30),
    ("8500", "Kortrijk", 28), ("8400", "Oostende", 24), ("9100", "Sint-Niklaas", 30), ("3600", "Genk", 22),
    ("8800", "Roeselare", 24), ("2300", "Turnhout", 22), ("1800", "Vilvoorde", 22), ("1500", "Halle", 20),
    ("9200", "Dendermonde", 22), ("2500", "Lier", 20), ("3300", "Tienen", 18), ("9400", "Ninove", 18),
    ("1700", "Dilbeek", 18), ("2440", "Geel", 16), ("8900", "Ieper", 14), ("3800", "Sint-Truiden", 16),
    ("9900", "Eeklo", 10), ("9700", "Oudenaarde", 14), ("8630", "Veurne", 8), ("3700", "Tongeren", 12),
    ("2200", "Herentals", 14), ("1730", "Asse", 16), ("3200", "Aarschot", 15), ("9800", "Deinze", 16),
    ("2320", "Hoogstraten", 9), ("8600", "Diksmuide", 8), ("3290", "Diest", 12), ("9230", "Wetteren", 12),
    ("2600", "Berchem", 20), ("9050", "Gentbrugge", 14), ("3010", "Kessel-Lo", 18), ("1030", "Schaarbeek", 14),
    ("1090", "Jette", 12), ("8700", "Tielt", 9), ("3960", "Bree", 8), ("2400", "Mol", 14), ("1930", "Zaventem", 13),
)

STREETS: tuple[str, ...] = (
    "Kerkstraat", "Stationsstraat", "Dorpsstraat", "Molenstraat", "Nieuwstraat", "Schoolstraat", "Veldstraat",
    "Hoogstraat", "Kasteelstraat", "Beekstraat", "Bosstraat", "Lindelaan", "Kapellestraat", "Groenstraat",
    "Steenweg", "Brugstraat", "Eikenlaan", "Populierenlaan", "Vaartstraat", "Zonnestraat", "Kloosterstraat",
    "Guido Gezellestraat", "Leopoldlaan", "Hendrik Consciencestraat", "Mechelsesteenweg", "Gentsesteenweg",
    "Sint-Jansstraat", "Sint-Maartensplein", "Grote Markt", "Rozenlaan", "Heidestraat", "Wilgendreef",
    "Pastorijstraat", "Beukenlaan", "Merelstraat", "Leeuwerikstraat", "Ooievaarsnest", "'s-Gravenstraat",
    "Spoorwegstraat", "Tuinwijk", "Warande", "Zandstraat",
)

#: Domain -> its entities; the first is the largest.
ENTITIES: dict[str, tuple[str, ...]] = {
    "Welzijn, Volksgezondheid en Gezin": (
        "Agentschap Zorg en Gezondheid", "Departement Welzijn", "Agentschap Opgroeien", "Agentschap Ouderenzorg",
        "Agentschap voor Personen met een Handicap", "Dienst Gezinsbijslag", "Zorginspectie", "Dienst Jeugdhulp",
        "Zorgkas",
    ),
    "Mobiliteit en Openbare Werken": (
        "Agentschap Wegen", "Departement Mobiliteit", "Agentschap Waterwegen", "Agentschap Kust",
        "Dienst Loodswezen", "Agentschap Openbaar Vervoer", "Dienst Verkeerscentrum", "Vloot",
    ),
    "Werk en Sociale Economie": (
        "Dienst Arbeidsbemiddeling", "Departement Werk", "Agentschap Beroepsopleiding", "Dienst Loopbaancheques",
        "Agentschap Ondernemersvorming", "Inspectie Werk",
    ),
    "Omgeving": (
        "Agentschap Natuur", "Departement Omgeving", "Agentschap Milieu", "Agentschap Wonen", "Agentschap Erfgoed",
        "Landmaatschappij", "Energieagentschap",
    ),
    "Onderwijs en Vorming": (
        "Gemeenschapsonderwijs", "Departement Onderwijs", "Agentschap Onderwijsdiensten", "Onderwijsinspectie",
        "Agentschap Infrastructuur Onderwijs", "Agentschap Volwassenenonderwijs",
    ),
    "Financiën en Begroting": (
        "Belastingdienst", "Departement Financiën", "Dienst Begroting", "Agentschap Vastgoed",
    ),
    "Kanselarij en Bestuur": (
        "Agentschap Digitaal", "Departement Kanselarij", "Agentschap Facilitair Bedrijf", "Dienst Overheidspersoneel",
    ),
    "Landbouw en Visserij": (
        "Instituut Landbouwonderzoek", "Departement Landbouw", "Dienst Landbouwinspectie", "Dienst Visserij",
    ),
    "Economie, Wetenschap en Innovatie": (
        "Agentschap Ondernemen", "Departement Economie", "Fonds Onderzoek", "Plantentuin",
    ),
    "Cultuur, Jeugd, Sport en Media": (
        "Agentschap Sport", "Departement Cultuur", "Museum Schone Kunsten", "Dienst Jeugd en Media",
    ),
    "Internationaal Vlaanderen": (
        "Agentschap Toerisme", "Departement Buitenlandse Zaken", "Dienst Export", "Dienst Ontwikkeling",
    ),
}

#: Where made people have their private addresses.
MAIL_DOMAINS: tuple[str, ...] = ("brievenbus.example", "thuispost.example", "netpost.example", "mailbox.example")
