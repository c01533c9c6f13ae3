"""What every test may ask for: a database (SQLite and PostgreSQL in turn) and a small workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from outreach.storage.database import Database
from tests.databases import Place, PostgreSQL, SQLiteTemplates, process_name

# The same cases at every run, so that a red build is red for everybody; OUTREACH_TRIALS widens the search.
settings.register_profile(
    "outreach", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
# `--hypothesis-profile=unshrunk` shows the first counter-example as it was found, at once.
settings.register_profile("unshrunk", settings.get_profile("outreach"), phases=[Phase.explicit, Phase.generate])
# A wider search ends at what it finds: making it small would take longer than all the rest.
settings.load_profile("unshrunk" if "OUTREACH_TRIALS" in os.environ else "outreach")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what an ordinary run leaves out, so that nobody takes it for tried."""
    if config.option.markexpr == "not debian":
        terminalreporter.write_line("Left out: tests that need Debian packages (`.ci/run` installs them, -m debian).")


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SQLiteTemplates:
    """Where new SQLite databases are copied from."""
    return SQLiteTemplates(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql_server(testrun_uid: str) -> Iterator[PostgreSQL]:
    """The session's PostgreSQL, started when the first test asks for it."""
    server = PostgreSQL(testrun_uid, process_name())
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database with every table, not yet connected to: for tests that hand its URL to a command."""
    if request.param == "sqlite":
        templates: SQLiteTemplates = request.getfixturevalue("sqlite_templates")
        return templates.place(tmp_path / "outreach.db")
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    return server.place()


@pytest.fixture
def database_url(place: Place) -> str:
    """The URL of the test's database, as OUTREACH_DATABASE_URL takes it."""
    return place.url.render_as_string(hide_password=False)


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    """An empty database with every table: the test runs once on SQLite and once on PostgreSQL."""
    opened = place.open()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see none of the developer's own OUTREACH_* variables."""
    for name in [name for name in os.environ if name.startswith("OUTREACH_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A small workspace that `check` finds nothing wrong with: one segment, one broadcast, one journey."""
    root = tmp_path / "workspace"
    for name, text in _WORKSPACE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


_WORKSPACE = {
    "outreach.yaml": """\
organisation: Sociale Dienst
languages: [nl, fr]
time_zone: Europe/Brussels
public_url: https://sociale-dienst.example
topics: {onboarding: {nl: Onthaal, fr: Accueil}, news: {nl: Nieuws, fr: Nouvelles}}
senders:
  default:
    name: {nl: Sociale Dienst, fr: Service social}
    email: post@sociale-dienst.example
    signature: {nl: Uw sociale dienst, fr: Votre service social}
outcomes: {infosession-registered: Ingeschreven voor de infosessie}
""",
    "campaigns/segments.yaml": """\
newcomers:
  title: Nieuwe medewerkers
  where: {status: active, hired_on: {in_last: 90 days}}
""",
    "campaigns/welcome.yaml": """\
title: Welkom
topic: onboarding
purpose: inform new staff of their rights
owner: communicatie@sociale-dienst.example
audience: newcomers
start: {event: hired, ignore_if_older_than: 60 days}
steps:
  - id: welcome
  - id: invitation
    day: 10
    remind: {every: 14 days, max_reminders: 2, until: infosession-registered}
""",
    "campaigns/news.yaml": """\
title: Nieuws
topic: news
purpose: inform everybody of what there is
owner: communicatie@sociale-dienst.example
audience: everyone
start: {every: first tuesday of the month}
steps:
  - id: news
""",
    "templates/layouts/letter.mjml": """\
<mjml>
  <mj-head><mj-preview>{{ preheader }}</mj-preview></mj-head>
  <mj-body>
    <mj-section><mj-column><mj-text>{{ content }}</mj-text></mj-column></mj-section>
    <mj-section><mj-column><mj-text>
      {{ sender.signature }} · <a href="{{ links.choices }}">{{ organisation }}</a>
    </mj-text></mj-column></mj-section>
  </mj-body>
</mjml>
""",
    "templates/layouts/offer.html": """\
<h3>{{ offer.title }}</h3><p>{{ offer.what }} {{ offer.how }} {{ offer.who }} {{ offer.when }}</p>
""",
    "templates/welcome/nl.md": """\
---
subject: Welkom
preheader: Wat wij voor u doen
---
Dag{% if person.first_name %} {{ person.first_name }}{% endif %},

Welkom bij de sociale dienst.
""",
    "templates/welcome/fr.md": """\
---
subject: Bienvenue
preheader: Ce que nous faisons pour vous
---
Bonjour{% if person.first_name %} {{ person.first_name }}{% endif %},

Bienvenue au service social.
""",
    "templates/invitation/nl.md": """\
---
subject: Kom naar de infosessie
preheader: Een uur, en u weet wat er bestaat
---
{% if reminder.number %}Wij schreven u al eerder.{% endif %}

U bent welkom op onze infosessie.
""",
    "templates/news/nl.md": """\
---
subject: Nieuws van de sociale dienst
preheader: Wat er deze maand te doen is
---
Dit is er deze maand te doen.
""",
}
