"""The oracle itself: what it must object to, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chaos.oracle import Delivery, Evidence, judge
from tests.chaos.sink import Line
from tests.chaos.workspace import HOLDS, RESENDS


def delivery(campaign=HOLDS, state="sent", doubts=0, message_id="<1>"):
    return Delivery(f"{campaign}/1", campaign, "P1", "an@agency.example", state, message_id, doubts)


def taken(message_id="<1>", recipient="an@agency.example", answer="250", **more):
    return Line("taken", recipient, message_id, answer, **more)


OTHER = delivery(RESENDS, "skipped", message_id=None)
KEPT = Evidence([delivery(), OTHER], [taken()], frozenset(), people=1, doubtful=0)
DOUBT = delivery(state="in_doubt", doubts=1)
DOUBTED = replace(KEPT, deliveries=[DOUBT, OTHER], listed=frozenset({DOUBT.key}), doubtful=1)
AGAIN = replace(KEPT, deliveries=[delivery(campaign=RESENDS, doubts=1), replace(OTHER, campaign=HOLDS)], doubtful=1)


@pytest.mark.parametrize(
    "evidence",
    [
        KEPT,
        replace(DOUBTED, lines=[]),
        replace(DOUBTED, lines=[taken(answer="")]),
        replace(AGAIN, lines=[taken(answer=""), taken()]),
        replace(AGAIN, lines=[taken()]),
    ],
    ids=["sent once", "in doubt and not taken", "in doubt and taken", "sent again", "sent again in vain"],
)
def test_a_promise_that_was_kept_is_not_objected_to(evidence):
    assert not judge(evidence)


@pytest.mark.parametrize(
    ("evidence", "objection"),
    [
        (replace(KEPT, lines=[]), "was taken 0 times"),
        (replace(KEPT, lines=[taken(), taken()]), "was taken 2 times"),
        (replace(KEPT, lines=[taken(answer="")]), "its content was never answered"),
        (replace(KEPT, deliveries=[delivery(state="planned"), OTHER], lines=[]), "is lost: it stays planned"),
        (replace(KEPT, deliveries=[delivery(state="attempting"), OTHER]), "is lost: it stays attempting"),
        (replace(KEPT, deliveries=[delivery(state="rejected"), OTHER]), "was taken 1 times"),
        (replace(KEPT, deliveries=[delivery(state="rejected"), OTHER], lines=[]), "nobody refused it"),
        (replace(KEPT, deliveries=[delivery(message_id=None), OTHER]), "the ledger does not know it"),
        (replace(KEPT, lines=[taken(recipient="bo@agency.example")]), "the ledger does not know it"),
        (replace(KEPT, lines=[taken(sound=False)]), "taken damaged"),
        (replace(KEPT, deliveries=[OTHER]), "planned for 0 of 1"),
        (replace(KEPT, deliveries=[delivery(), delivery(), OTHER]), "planned 2 times"),
        (replace(DOUBTED, listed=frozenset()), "not listed"),
        (replace(DOUBTED, doubtful=0), "1 doubts, where at most 0"),
        (replace(DOUBTED, deliveries=[replace(DOUBT, doubts=0), OTHER]), "without a receipt"),
        (replace(DOUBTED, lines=[taken(), taken()]), "was taken 2 times"),
        (replace(AGAIN, lines=[taken(), taken(), taken()]), "was taken 3 times"),
    ],
)  # fmt: skip
def test_each_way_to_break_it_is_seen(evidence, objection):
    assert any(objection in found for found in judge(evidence)), judge(evidence)
