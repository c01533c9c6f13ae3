"""Which e-mail addresses can be written to, judged without the network.

email-validator is the judge, once per domain: it takes 36 µs an address, and a roster of 45,000 people has some
forty domains. The part before the @ is judged here, by the atoms of RFC 5322; a test holds the two together.
"""

from __future__ import annotations

import re
from functools import lru_cache

from outreach.roster.values import Refused

#: The characters of an unquoted part before the @ (RFC 5322, 3.2.3), a dot only between others.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*")
#: Octets that RFC 5321, 4.5.3.1 allows before the @, and in a path without its angle brackets.
_LOCAL_LIMIT, _LIMIT = 64, 254


def mailable(text: str) -> str:
    """The address with its domain in lower case and, where it has other letters, in its ASCII form.

    Raises:
        Refused: it cannot be mailed; the reason does not repeat it.
    """
    local, at, domain = text.rpartition("@")
    if not at:
        raise Refused("the address has no @")
    if "@" in local:
        raise Refused("the cell holds more than one address; keep one")
    if not local.isascii():
        raise Refused("the address has letters before the @ that most mail servers do not take")
    if not _LOCAL.fullmatch(local):
        raise Refused("the part of the address before the @ is not well formed")
    if len(local) > _LOCAL_LIMIT:
        raise Refused(f"the part of the address before the @ is longer than {_LOCAL_LIMIT} characters")
    address = f"{local}@{_domain(domain)}"
    if len(address) > _LIMIT:
        raise Refused(f"the address is longer than {_LIMIT} characters")
    return address


def _domain(domain: str) -> str:
    ascii_domain = _judged(domain)
    if ascii_domain is None:
        raise Refused("the domain of the address does not exist or is not well formed")
    return ascii_domain


@lru_cache(maxsize=10_000)
def _judged(domain: str) -> str | None:
    # Here, as it takes 50 ms to load and only an import needs it.
    from email_validator import EmailNotValidError, validate_email

    try:
        # The shortest local part, so that only the domain's own length counts.
        return validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        return None
