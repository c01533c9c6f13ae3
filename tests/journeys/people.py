"""People with a story each, as HR's payroll exports them: Dutch column names, codes, semicolons, Windows-1252."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

_COLUMNS = {
    "number": "Stamnummer",
    "first_name": "Voornaam",
    "last_name": "Naam",
    "status": "Statuut",
    "email": "E-mail werk",
    "private_email": "E-mail privé",
    "language": "Taal",
    "born_on": "Geboortedatum",
    "hired_on": "Datum in dienst",
    "retired_on": "Datum pensioen",
    "contract": "Contract",
    "contract_ends_on": "Einde contract",
    "household": "Gezinssituatie",
    "children": "Kinderen ten laste",
    "role": "Rol contact",
    "shifts": "Ploegendienst",
    "entity": "Entiteit",
}


@dataclass(frozen=True)
class Row:
    """One line of the file; texts as HR writes them."""

    number: str
    first_name: str
    last_name: str = "Peeters"
    status: str = "A"
    email: str = "-"
    private_email: str = ""
    language: str = "N"
    born_on: str = "12/05/1980"
    hired_on: str = "01/09/2012"
    retired_on: str = ""
    contract: str = "STAT"
    contract_ends_on: str = ""
    household: str = "SAM"
    children: str = "0"
    role: str = ""
    shifts: str = ""
    entity: str = "Agentschap Sport"

    @property
    def cells(self) -> list[str]:
        values = {name: getattr(self, name) for name in _COLUMNS}
        if self.email == "-":
            values["email"] = f"{self.number.lower()}@overheid.example"
        return [f'"{values[name]}"' if ";" in values[name] else values[name] for name in _COLUMNS]


def _retired(number: str, first_name: str, **other: str) -> Row:
    there = {"email": "", "private_email": f"{number.lower()}@thuis.example", "contract": "", "born_on": "03/02/1955"}
    return Row(number, first_name, status="P", retired_on="01/03/2020", **{**there, **other})


FIRST_FILE = (
    Row("PARENT", "Els", household="SAMK", children="2"),
    Row("SINGLE", "Benoît", language="F", household="ALL"),
    Row("LONE-PARENT", "Zoë", "d’Hondt-Çelik", household="ALLK", children="1"),
    Row("SIXTY", "Charlotte", language="E", contract="CBD", contract_ends_on="15/12/2026"),
    Row("LATE", "Joris", contract="CBD", contract_ends_on="20/10/2026"),
    Row("RENEWED", "Fatma", contract="CBD", contract_ends_on="18/12/2026"),
    Row("UNKNOWN", "", household="", children="", language=""),
    Row("DIES", "Roger"),
    Row("NO-NEWS", "Greet"),
    _retired("RETIRED", "Monique"),
    _retired("RETIRED-SINGLE", "André", language="F", household="ALL"),
    _retired("ON-PAPER", "Jozef", private_email=""),
    _retired("INSURED", "Rita"),
    Row("WIDOW", "Godelieve", status="W", email="", private_email="widow@thuis.example", household="ALL", contract=""),
    Row("BOSS", "Pieter", status="C", role="L", contract=""),
    Row("HR", "Nadia", status="C", role="P", contract=""),
    Row("PRESS", "Tom", status="C", role="C", contract=""),
)
#: What is new in the file of 5 October: two newcomers.
NEWCOMERS = (
    Row("NEW", "Sander", hired_on="05/10/2026", contract="COD", shifts="J", born_on="01/02/2001"),
    Row("NEW-QUICK", "Amina", language="F", hired_on="05/10/2026", contract="COD", born_on="01/02/1999"),
)
SECOND_FILE = FIRST_FILE + NEWCOMERS


def changed(rows: tuple[Row, ...], number: str, **facts: str) -> tuple[Row, ...]:
    """The same file with other facts about one person."""
    return tuple(replace(row, **facts) if row.number == number else row for row in rows)


#: Of 19 October: somebody died, and somebody's contract goes on.
THIRD_FILE = changed(changed(SECOND_FILE, "DIES", status="O"), "RENEWED", contract="COD", contract_ends_on="")


def write(path: Path, rows: tuple[Row, ...]) -> Path:
    """The file as HR's system leaves it."""
    lines = [";".join(_COLUMNS.values()), *(";".join(row.cells) for row in rows)]
    path.write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    return path
