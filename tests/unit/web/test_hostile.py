"""What somebody posts, or fetches, to break something: a few of the trials that `bench/hostile.py` makes."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.amounts import amount
from tests.hostile import bodies, forms, prefetching

FIELDS, BODIES, PREFETCHES = amount(200, 8000), amount(60, 2000), amount(100, 2000)


def test_no_field_name_or_shape_of_a_form_is_shown_kept_or_told(tmp_path: Path, database_url: str) -> None:
    report = forms.trial(tmp_path / "forms", database_url, 1, FIELDS)
    assert report.violations == []
    assert report.counts["fields"] >= FIELDS


def test_what_is_taken_of_a_body_is_what_its_description_allows(tmp_path: Path, database_url: str) -> None:
    report = bodies.trial(tmp_path / "bodies", database_url, 1, BODIES)
    assert report.violations == []
    assert report.counts["people"] > 0
    assert report.counts["provisioned"] > 0


def test_following_the_links_of_mails_changes_nothing(tmp_path: Path, database_url: str) -> None:
    assert prefetching.trial(tmp_path / "prefetching", database_url, 1, PREFETCHES).violations == []


def test_a_file_in_place_of_a_text_is_refused_and_not_repeated(site) -> None:
    from tests.unit.web.people import add_person, token

    path = f"/c/{token(add_person(site), 'choices')}"
    answer = site.ask("POST", path, files={"until": ("secret.txt", b"words of theirs")})
    assert (answer.status_code, answer.json()) == (400, {"title": "Bad Request", "status": 400})
