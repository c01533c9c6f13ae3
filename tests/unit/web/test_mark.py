"""By the mark of an installation `outreach doctor` knows that what answers at the address of its links is this one."""

from __future__ import annotations

from outreach.doctor.links import visit
from outreach.rendering.links import mark_of
from tests.unit.web.conftest import NOW, SECRET, Site


def test_only_the_site_with_our_mark_is_ours_and_the_mark_tells_no_secret(site: Site) -> None:
    mark = mark_of(site.installation.secret)
    assert visit(site.url, lambda: NOW, mark).is_ours
    assert not visit(site.url, lambda: NOW, "0" * 32).is_ours
    answer = site.ask("GET", "/site")
    assert (answer.status_code, answer.content, SECRET in mark) == (204, b"", False)
