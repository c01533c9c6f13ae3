from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.postfix_trial import try_postfix

pytestmark = pytest.mark.debian


def test_everybody_has_the_newsletter_once_and_what_comes_back_is_settled(tmp_path: Path) -> None:
    report = try_postfix(tmp_path, 600)
    assert not report.violations, "\n".join(report.violations)
    # One in a hundred is unknown, a third of them at a server that says so at once.
    assert (report.delivered, report.returned, report.refused) == (594, 4, 2)
