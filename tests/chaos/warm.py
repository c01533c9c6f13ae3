"""Imported once in the process from which programs are forked: every module that a verb may import.

And the one setting in which they differ from a user's: small batches.
"""

from __future__ import annotations

import importlib
import pkgutil

import outreach
from outreach.delivery import batches

#: What drivers and dialects import at the first connection.
_AT_FIRST_USE = ("psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite")

for name in (
    *_AT_FIRST_USE,
    *(module.name for module in pkgutil.walk_packages(outreach.__path__, "outreach.")),
):
    if not name.endswith("__main__") and ".migrations." not in name:
        importlib.import_module(name)

# As few as a trial's messages are, one sender would claim them all and leave the others nothing to do.
batches.SIZE = 7
