"""Complaints: somebody told their mail provider that a message is spam (RFC 5965 and 6650; Microsoft's own form)."""

from __future__ import annotations

from email.message import Message

from outreach.delivery.returns.parts import Parts, address_in
from outreach.delivery.returns.wording import plain

#: Reports in the same form that are no complaint of a reader: about signatures, about statistics, or the contrary.
_NO_COMPLAINT = frozenset({"not-spam", "auth-failure", "dmarc", "spf", "dkim", "notspam"})


def is_complaint(parts: Parts) -> bool:
    """Whether it is one."""
    if parts.feedback is not None:
        return str(parts.feedback.get("feedback-type", "abuse")).strip().lower() not in _NO_COMPLAINT
    if str(parts.head.get_param("report-type", "")).lower() == "feedback-report":
        return True
    sender = address_in(parts.head, "from")[1].lower()
    begins = plain(parts.subject).strip().startswith(("complaint about message from", "email feedback report for ip"))
    return parts.returned is not None and (begins or sender == "staff@hotmail.com")


def recipient(parts: Parts) -> str:
    """Who complained, where the report does not hide it."""
    fields: list[tuple[Message | None, str]] = [
        (parts.feedback, "original-rcpt-to"), (parts.feedback, "removal-recipient"),
        (parts.head, "x-hmxmroriginalrecipient"), (parts.returned, "x-hmxmroriginalrecipient"), (parts.returned, "to"),
    ]  # fmt: skip
    for message, name in fields:
        address = address_in(message, name)[1] if message is not None else ""
        if "@" in address:
            return address
    return ""
