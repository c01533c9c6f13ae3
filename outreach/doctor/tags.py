"""Tag lists, as DKIM and DMARC write them: `v=DKIM1; k=rsa; p=…` (RFC 6376, 3.2)."""

from __future__ import annotations


def read(record: str) -> dict[str, str] | None:
    """Tag -> value, white space at the ends removed; None where the record is no tag list or names a tag twice."""
    found: dict[str, str] = {}
    for part in record.strip().removesuffix(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not name.strip().isidentifier() or name.strip() in found:
            return None
        found[name.strip()] = value.strip()
    return found
