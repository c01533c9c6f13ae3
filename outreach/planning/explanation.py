"""What explaining says: a verdict on a step for a person, with its reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from outreach.planning.gates import OTHER_REASONS

#: Verdicts that no state of a delivery has.
NOT_IN_AUDIENCE, INDETERMINATE, NOT_STARTED = "not_in_audience", "indeterminate", "not_started"
#: Verdict on a branch at which it is settled which way somebody goes; the reason is the way's name.
DECIDED = "decided"
#: Verdict on a wait at which somebody stands.
WAITS = "waiting"
#: Reason of a step on a way that somebody's journey did not take.
OTHER_WAY = "other_way"
#: Reason of a step that a journey left out when it went on under another release.
MOVED_ON = "moved_on"


@dataclass(frozen=True)
class Explanation:
    """What a step of a campaign does about a person, and why."""

    campaign: str
    step: str
    #: A delivery's state, or `not_in_audience`, `indeterminate`, `not_started`, `decided`, `waiting`; `planned`
    #: also for what is to come.
    verdict: str
    #: The gate that decided, as it stands on the row; empty where nothing stops it.
    reason: str
    #: The same in a sentence.
    words: str
    #: What the gate saw: the person's facts by field, or the row's own.
    facts: dict[str, Any] = field(default_factory=dict)


#: Every reason that a row may carry, in words.
REASONS: dict[str, str] = OTHER_REASONS | {
    "died": "the person has died",
    "left": "the person has left",
    "under_way": "the person is under way in a campaign that this one leaves alone",
    "excepted": "the campaign's `except` holds",
    "opted_out": "the person opted out of the topic",
    "pause_chosen": "the person asked for a pause, which was not over yet",
    "no_address": "no e-mail address is on file",
    "suppressed": "the address is suppressed: it bounced for good, or its owner complained",
    "unless": "the step's `unless` holds",
    "until": "the person has acted: the reminder's `until` holds",
    "template": "the message could not be made for this person: a template error",
    "no_mailbox": "the mailbox does not exist",
    "no_domain": "the domain of the address does not exist, or takes no mail",
    "mailbox_closed": "the mailbox is closed",
    "mailbox_full": "the mailbox is full",
    "too_large": "the message is too large for the mailbox",
    "unreachable": "the mail server could not be reached",
    "undelivered": "the mail server did not deliver it, and said no more",
    "blocked": "the mail server did not let it in, for its content or its sender",
    "complained": "its reader called it spam",
    "not_reached": "who called reached nobody",
    "wrong_address": "the address or the number was wrong",
    "declined": "the person did not want it",
    "not_possible": "it could not be done",
    "unwritable": "the hand-over list could not be written",
    "in_doubt": "it may have left when something died, and is sent once more",
    "sender_died": "what sent it died over it: it may have left",
    "no_answer": "its content was handed over and no answer came: it may have arrived",
    "garbled": "its content was handed over and the answer could not be understood: it may have arrived",
    "disk": "the hand-over list was written, and may not have reached the disk",
    "restored": "it was due when a backup of the database was restored: it may have been sent since that was made",
}
