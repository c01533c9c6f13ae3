"""How fast deliveries leave: claimed, composed from the sample newsletter, written to the outbox, recorded.

    .venv/bin/python bench/outbox.py [--people 50000] [--postgresql URL]

Works in a temporary folder with a durable SQLite (or the PostgreSQL database named, whose tables it makes and drops).
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from outreach.definitions.loading import load
from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.sending import send_dispatched
from outreach.rendering.compiling import compile_content
from outreach.rendering.composer import Composer
from outreach.storage.database import Database, connect
from outreach.storage.tables import delivery, metadata, person, release

NOW = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
SAMPLE = Path(__file__).resolve().parents[1]
PICKS = ("hospital-insurance,psychosocial-help,youth-holidays", "loan,premiums,medical-costs", "advances,social-help")


def fill(database: Database, people: int) -> None:
    rows = [
        {"person_id": f"P{n}", "source": "bench", "status": "active", "first_name": f"Naam{n}", "lot": n, "version": 1,
         "email": f"naam{n}.familienaam@agentschap{n % 60}.example", "language": "fr" if n % 20 == 0 else "nl",
         "attributes": {}, "imported_at": NOW}
        for n in range(people)
    ]  # fmt: skip
    common = {
        "campaign": "newsletter", "step": "newsletter", "occurrence": "2026-11-03", "repetition": 0, "release_id": 1,
        "state": "planned", "rank": 1, "due_at": NOW, "expires_at": NOW + timedelta(days=14), "dispatched_at": NOW,
        "planned_at": NOW,
    }  # fmt: skip
    with database.writing() as connection:
        metadata.create_all(connection)
        connection.execute(insert(person), rows)
        connection.execute(insert(release).values(id=1, digest="", published_at=NOW, published_by="", manifest=""))
        ids = connection.scalars(select(person.c.id)).all()
        planned = [{**common, "person": one, "picks": PICKS[one % 3]} for one in ids]
        connection.execute(insert(delivery), planned)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--postgresql", metavar="URL")
    options = parser.parse_args()
    loaded = load(SAMPLE)
    content = compile_content(loaded.definitions, loaded.sources, loaded.layouts, loaded.offer_html)
    composer = Composer(
        loaded.definitions, content.messages.__getitem__, content.fragments.__getitem__, b"a secret of thirty-two bytes"
    )
    with tempfile.TemporaryDirectory() as folder:
        database = connect(options.postgresql or f"sqlite:///{folder}/outreach.db")
        fill(database, options.people)
        outbox = Outbox(Path(folder) / "outbox")
        began, cpu = time.perf_counter(), time.process_time()
        counts = send_dispatched(
            database, lambda _: composer, outbox, lambda _: loaded.definitions, lambda: NOW, b"secret"
        )
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        assert counts.sent == options.people, counts
        size = sum(path.stat().st_size for path in (Path(folder) / "outbox").rglob("*") if path.is_file())
        wire = sum(len(text) for _, _, text in outbox.messages())
        if options.postgresql:
            metadata.drop_all(database.engine)
        database.close()
    print(
        f"{counts.sent:,} messages of {wire / counts.sent / 1000:.1f} kB in {seconds:.1f} s: "
        f"{counts.sent / seconds:,.0f}/s, {cpu / counts.sent * 1e6:.0f} µs CPU each; "
        f"outbox {size / 1e6:.1f} MB ({size / counts.sent:.0f} B each); "
        f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"
    )


if __name__ == "__main__":
    main()
