"""What an invitation says of its session: in the text by `session.day` and its like, and as a file for calendars."""

from __future__ import annotations

from base64 import encodebytes
from datetime import UTC
from zoneinfo import ZoneInfo

from outreach.definitions.model import Session, Workspace
from outreach.rendering import wording
from outreach.rendering.calendars import Method, calendar, moments
from outreach.rendering.envelope import END, TEXT_PART, in_language
from outreach.rendering.mail import Invitation

#: As that of the letter inside: never part of quoted-printable text, nor of base64.
_BOUNDARY = "=_mail"
_OPENING = f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"\r\n\r\n--{_BOUNDARY}\r\n'.encode()
_CLOSING = f"--{_BOUNDARY}--\r\n".encode()
#: The name of the file says nothing: it is seen without opening the mail.
_CALENDAR_PART = (
    f"\r\n--{_BOUNDARY}\r\n"
    'Content-Type: text/calendar; charset="utf-8"; method={method}; name="calendar.ics"\r\n'
    "Content-Transfer-Encoding: base64\r\n"
    'Content-Disposition: attachment; filename="calendar.ics"\r\n\r\n'
)


#: Stands for any session, in what is tried out.
SAMPLE_CONSTANTS = {
    "title": "Wegwijs", "day": "woensdag 30 september 2026", "time": "12:15–13:15",
    "place": "Dorpsstraat 1, Gent", "link": "https://example.org/session",
}  # fmt: skip


def constants(invitation: Invitation, language: str, workspace: Workspace) -> dict[str, str]:
    """What a template may say of the session, by the part of its name; what there is not is empty."""
    session = invitation.session
    return {
        "title": in_language(session.titles, language, workspace),
        "day": wording.weekday(session.on, language),
        "time": hours(session, workspace),
        "place": session.place,
        "link": session.link,
    }


def hours(session: Session, workspace: Workspace) -> str:
    """From when until when, by the clock on the wall: `12:15–13:15`."""
    where = ZoneInfo(workspace.time_zone)
    starts, ends = (moment.astimezone(where) for moment in moments(session, workspace))
    return f"{starts:%H:%M}–{ends:%H:%M}"


def around(invitation: Invitation | None, language: str, workspace: Workspace) -> tuple[bytes, bytes]:
    """What stands before the text of a mail and behind its last part: the letter's own ends, or also the calendar's."""
    if invitation is None:
        return TEXT_PART, END
    method: Method = "CANCEL" if invitation.session.cancelled else "PUBLISH"
    file = calendar(
        [invitation.session], workspace, language, stamp=invitation.since.astimezone(UTC), method=method,
        sequences={invitation.session.id: invitation.sequence},
    )  # fmt: skip
    return enclosing(file, method)


def enclosing(file: bytes, method: Method) -> tuple[bytes, bytes]:
    """The same for a mail with this calendar."""
    lines = encodebytes(file).replace(b"\n", b"\r\n")
    return _OPENING + TEXT_PART, END + _CALENDAR_PART.format(method=method).encode() + lines + _CLOSING
