from __future__ import annotations

from outreach.cli.progress import Progress


def on_a_terminal():
    progress = Progress()
    progress.shown = True
    return progress


def test_a_terminal_sees_a_bar_and_a_clean_line_after_it(capsys):
    with on_a_terminal() as progress:
        progress("sending", 5, 10)
        progress("sending", 10, 10)
    shown = capsys.readouterr().err
    assert "sending" in shown
    assert "[###############...............] 5 of 10" in shown
    assert "10 of 10" in shown
    assert shown.endswith("\r\x1b[K")


def test_what_is_added_is_summed_up_by_stage(capsys):
    with on_a_terminal() as progress:
        progress.add("planning", 1200)
        progress.adding("sending")(7)
        progress.adding("planning")(34)
    assert "planning  1,234" in capsys.readouterr().err


def test_a_pipe_sees_nothing(capsys):
    with Progress() as progress:
        progress("sending", 5, 10)
    assert capsys.readouterr().err == ""


def test_who_asked_for_json_sees_nothing():
    assert not Progress(quiet=True).shown
