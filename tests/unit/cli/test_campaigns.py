"""`outreach campaigns`: how far each has come."""

from __future__ import annotations

import pytest

AT = "2026-11-27T12:00"
CAMPAIGN = (
    "title: News\ntopic: news\npurpose: to tell\nowner: desk@example.org\naudience: everyone\n"
    "start: {once: 2027-01-12}\nsteps: [{id: letter, send: welcome}]\n"
)


@pytest.fixture
def ready(cli, workspace):
    """One campaign is new, one runs, one is paused, one is cancelled, one was edited, and one is gone."""
    folder = workspace / "campaigns"
    for path in folder.glob("*.yaml"):
        if path.stem != "segments":
            path.unlink()
    for name in ("cancelled", "edited", "gone", "new", "paused", "running"):
        (folder / f"{name}.yaml").write_text(CAMPAIGN, encoding="utf-8")
    told(cli, "publish")
    for name in ("cancelled", "edited", "gone", "paused", "running"):
        told(cli, "approve", name, "--yes")
    told(cli, "pause", "paused")
    told(cli, "cancel", "cancelled", "--yes")
    told(cli, "cancel", "gone", "--yes")
    (folder / "edited.yaml").write_text(CAMPAIGN.replace("01-12", "01-13"), encoding="utf-8")
    (folder / "gone.yaml").unlink()
    settings = workspace / "outreach.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "retired: [gone]\n", encoding="utf-8")
    told(cli, "publish")
    return cli


def told(cli, *words):
    found = cli(*words, "--at", AT)
    assert found.code == 0, found.err
    return found


def test_every_campaign_is_told_with_its_state(ready):
    found = {one["campaign"]: one for one in ready("campaigns", "--json").json}
    assert {name: (one["state"], one["waits_for_approval"], one["gone"]) for name, one in found.items()} == {
        "cancelled": ("cancelled", False, False),
        "edited": ("running", True, False),
        "gone": ("cancelled", False, True),
        "new": ("new", True, False),
        "paused": ("paused", False, False),
        "running": ("running", False, False),
    }
    assert found["running"]["title"] == "News"
    assert found["gone"]["title"] is None


def test_what_waits_for_an_approval_is_told_with_the_next_step(ready):
    lines = ready("campaigns")
    states = {line.split()[0]: line for line in lines.out.splitlines() if line.strip()}
    assert "running, waits for approval" in states["edited"]
    assert "cancelled, gone" in states["gone"]
    assert "2026-11-27 12:00" in states["paused"]
    assert "outreach approve --all" in lines.out + lines.err


def test_before_anything_is_published_it_says_so(cli, workspace):
    found = cli("campaigns")
    assert found.code == 1
    assert "outreach publish" in found.err
