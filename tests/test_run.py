"""`./run` on an installation of its own: nothing to download, and a stand-in for the program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: The Python that this test's own environment was made from: what a user would call `python3`.
PYTHON = getattr(sys, "_base_executable", sys.executable)
_STAND_IN = "import os, sys; print(os.getcwd(), *sys.argv[1:])\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real `run`, nothing in its locks, and a program that prints how it was called."""
    root = tmp_path / "a checkout"
    (root / "outreach").mkdir(parents=True)
    shutil.copy(ROOT / "run", root / "run")
    for lock in ("requirements.lock", "dev.lock"):
        (root / lock).write_text("# nothing\n")
    (root / "outreach" / "__init__.py").touch()
    (root / "outreach" / "__main__.py").write_text(_STAND_IN)
    return root


def _run(script: Path, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, script, *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_call_sets_up_and_the_second_does_not(checkout: Path, tmp_path: Path) -> None:
    first = _run(checkout / "run", "check", "--json", cwd=tmp_path)
    assert (first.returncode, first.stdout) == (0, f"{tmp_path} check --json\n"), first.stderr
    assert "Setting up" in first.stderr

    second = _run(checkout / "run", "check", cwd=tmp_path)
    assert (second.returncode, second.stdout, second.stderr) == (0, f"{tmp_path} check\n", "")


def test_it_may_be_called_by_a_link_beside_a_module_of_the_same_name(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "bin" / "out"
    link.parent.mkdir()
    link.symlink_to(checkout / "run")
    (link.parent / "outreach.py").write_text("raise SystemExit('not this one')\n")

    assert _run(link, "plan", cwd=link.parent).stdout == f"{link.parent} plan\n"


def test_an_installation_that_was_broken_off_is_made_anew(checkout: Path) -> None:
    assert _run(checkout / "run", cwd=checkout).returncode == 0
    half = checkout / ".venv" / "lib" / "half"
    half.touch()
    (checkout / ".venv" / "unfinished").touch()
    (checkout / ".venv" / "requirements.lock.ok").unlink()

    assert _run(checkout / "run", cwd=checkout).returncode == 0
    assert not half.exists()
    assert not (checkout / ".venv" / "unfinished").exists()


def test_a_checkout_that_was_moved_is_set_up_again(checkout: Path) -> None:
    assert _run(checkout / "run", cwd=checkout).returncode == 0
    moved = checkout.rename(checkout.with_name("moved"))

    done = _run(moved / "run", cwd=moved)
    assert (done.returncode, done.stdout) == (0, f"{moved}\n"), done.stderr


def test_a_user_who_may_not_set_it_up_is_told_who_may(checkout: Path) -> None:
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        place = shutil.copytree(checkout, Path(folder) / "outreach")
        Path(folder).chmod(0o755)
        place.chmod(0o555)
        if as_nobody and subprocess.run([*as_nobody, PYTHON, "-c", ""], capture_output=True, check=False).returncode:
            pytest.skip("nothing is forbidden to root, and nobody else may run this Python")
        failed = subprocess.run([*as_nobody, PYTHON, place / "run"], capture_output=True, text=True, check=False)
        place.chmod(0o755)

    assert failed.returncode == 1
    assert "this user may not write there" in failed.stderr
    assert f"As the owner of {place}" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_packages_that_cannot_be_had_are_said_so_and_the_next_call_starts_afresh(checkout: Path) -> None:
    lock = checkout / "requirements.lock"
    lock.write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    failed = _run(checkout / "run", cwd=checkout, PIP_NO_INDEX="1")
    assert failed.returncode == 1
    assert "could not be installed" in failed.stderr

    lock.write_text("# nothing\n")
    assert _run(checkout / "run", cwd=checkout).returncode == 0
