"""Links that are measured, as an officer asks for them, and where they cannot be."""

from __future__ import annotations

import pytest

from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import NEWSLETTER, OUTREACH

MEASURED = NEWSLETTER + "measure_links: true\n"
SERVED = OUTREACH + "web: {listen: 127.0.0.1:8080}\n"


def test_it_stands_in_the_campaign(judge: Judge) -> None:
    loaded = judge({"campaigns/newsletter.yaml": MEASURED, "outreach.yaml": SERVED})
    assert loaded.problems == ()
    assert loaded.definitions
    assert {name: one.measure_links for name, one in loaded.definitions.campaigns.items()} == {
        "newsletter": True, "welcome": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "workspace", "message", "remedy"),
    [
        (MEASURED, OUTREACH,
         "measured links lead to the pages of `outreach serve`, and outreach.yaml does not say where these are",
         "Add `web: {listen: 127.0.0.1:8080}` to outreach.yaml, behind `public_url`; or delete it."),
        (MEASURED + "channel: handover\n", SERVED,
         "what goes by `handover` stands on lists, and has no links",
         "Delete it, or name another `channel`."),
        (MEASURED + "about: psychosocial\n", SERVED,
         "the campaign is sensitive, and nothing about who follows its links may be known, not even how many",
         "Delete it."),
    ],
)  # fmt: skip
def test_where_it_cannot_be_it_is_refused_at_its_place(
    judge: Judge, text: str, workspace: str, message: str, remedy: str
) -> None:
    found = judge({"campaigns/newsletter.yaml": text, "outreach.yaml": workspace}).problems
    line = text.splitlines().index("measure_links: true") + 1
    told = [(one.file, one.line, one.column, one.message, one.remedy) for one in found if one.path == "measure_links"]
    assert told == [("campaigns/newsletter.yaml", line, 1, message, remedy)]


def test_without_an_address_of_the_pages_the_workspace_is_refused(judge: Judge) -> None:
    without = "\n".join(line for line in SERVED.splitlines() if not line.startswith("public_url"))
    found = judge({"campaigns/newsletter.yaml": MEASURED, "outreach.yaml": without}).problems
    assert [(one.path, one.message) for one in found] == [("public_url", "the key `public_url` is missing")]


def test_an_address_that_is_none_is_one_problem(judge: Judge) -> None:
    wrong = OUTREACH + "web: {listen: everywhere}\n"
    found = judge({"campaigns/newsletter.yaml": MEASURED, "outreach.yaml": wrong}).problems
    assert [one.path for one in found] == ["web.listen"]
