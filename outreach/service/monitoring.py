"""The pages for who watches a service: `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever keeps it up.

For `serve` and `worker` alike: each gives what it has, and the pages stand for as long as its work lasts.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from outreach.delivery.tally import Tally
from outreach.service.health import Health, Watch
from outreach.service.latest import Latest
from outreach.service.listening import Answer, listening
from outreach.service.standing import Standing, look
from outreach.sockets import Address
from outreach.storage.database import Database

_log = logging.getLogger(__name__)

#: Seconds that a database has to answer, less than a scrape takes in its patience; and how long its answer serves.
_LIMIT, _FRESH = 5.0, 1.0


@contextmanager
def monitored(
    listen: str,
    database: Database,
    watches: Mapping[str, Watch],
    tally: Tally,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Address | None]:
    """Show the pages at `listen` (`HOST:PORT`; empty: nowhere) for the length of the block.

    `watches` are those of the loops that must not stand still, by their names: `tick`, `sending`.

    Raises:
        OutreachError: that is no address, it is taken, or it may not be used.
    """
    if not listen:
        yield None
        return
    # Here and not above: a service that nobody watches needs none of it.
    from outreach.service.metrics import Metrics

    def healths() -> dict[str, Health]:
        return {name: watch.health for name, watch in watches.items()}

    standing = Latest(lambda: look(database, clock()), limit=_LIMIT, fresh=_FRESH)
    pages = {
        "/metrics": Metrics(tally, healths, standing.get).page,
        "/healthz": lambda: _document(*alive(healths())),
        "/readyz": lambda: _document(*ready(healths(), _or_why(standing.get))),
    }
    with listening(Address.parse(listen), pages) as address:
        _log.info("listening", extra={"address": str(address)})
        yield address


def alive(healths: Mapping[str, Health]) -> tuple[bool, dict[str, Any]]:
    """Whether the process moves on, and the document that says why (not)."""
    reasons = {name: _why_still(health) for name, health in healths.items()}
    is_alive = not any(reasons.values())
    silences = {name: int(health.silence.total_seconds()) for name, health in healths.items()}
    return is_alive, {"alive": is_alive, "checks": _checks(reasons), "silence_seconds": silences}


def ready(healths: Mapping[str, Health], standing: Standing | str) -> tuple[bool, dict[str, Any]]:
    """Whether all is there that sending needs; in place of how things stand, why nobody can know."""
    database = standing if isinstance(standing, str) else ""
    release = database or ("" if isinstance(standing, Standing) and standing.release else "nothing is published yet")
    loops = {name: _why_failing(health) or _why_still(health) for name, health in healths.items()}
    reasons = {"database": database, "release": release, **loops}
    is_ready = not any(reasons.values())
    last = {name: health.last_tick_at.isoformat() if health.last_tick_at else None for name, health in healths.items()}
    return is_ready, {"ready": is_ready, "checks": _checks(reasons), "last_at": last}


def _checks(reasons: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {name: {"ok": not why, "why": why} for name, why in reasons.items()}


def _why_still(health: Health) -> str:
    return "" if health.is_alive else f"no sign of life for {int(health.silence.total_seconds())} seconds"


def _why_failing(health: Health) -> str:
    return "" if health.is_well else f"the last one failed: {health.last_error}"


def _or_why(ask: Callable[[], Standing]) -> Standing | str:
    try:
        return ask()
    except TimeoutError:
        return f"the database did not answer within {_LIMIT:g} seconds"
    except Exception as error:  # noqa: BLE001  its kind is the answer; its words may hold anything
        return f"the database cannot be read: {type(error).__name__}"


def _document(is_good: bool, body: dict[str, Any]) -> Answer:
    return Answer(200 if is_good else 503, "application/json", json.dumps(body).encode() + b"\n")
