"""Runs of quoted-printable join to a valid text, whatever they were cut from."""

from __future__ import annotations

import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outreach.rendering.quoting import LONGEST, encoded

TEXTS = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=400)
#: What lies near the limits of a line: dots, spaces, equals signs and letters that take several bytes.
_PIECES = st.sampled_from(["a" * 70, ".", " ", "=", "é", "\n", "aa", "\t", "😀", "a" * 75])
NEAR = st.lists(_PIECES, max_size=12).map("".join)


def decoded(runs: bytes) -> str:
    return quopri.decodestring(runs).decode().replace("\r\n", "\n")


@given(st.lists(TEXTS | NEAR, max_size=6))
@example(["a" * 76, "." * 80, "", "x"])
@example(["a" * 74 + ".", "=" * 30])
@example(["." + "é" * 40])
def test_runs_encoded_apart_decode_to_the_texts_together(texts):
    assert decoded(b"".join(map(encoded, texts))) == "".join(texts)


@given(TEXTS | NEAR)
@example("a" * 76)
@example("." + "a" * 75)
@example("é" * 13 + ".")
@example("a" * 73 + "=.")
def test_a_run_keeps_to_the_rules_of_lines(text):
    run = encoded(text)
    assert run.isascii()
    assert not run or run.endswith(b"\r\n")
    lines = run.split(b"\r\n")[:-1]
    for line in lines:
        assert len(line) <= LONGEST
        assert b"\r" not in line
        assert b"\n" not in line
        assert not line.startswith(b".")
        assert not line.endswith((b" ", b"\t"))


@pytest.mark.parametrize("text", ["", "x", "x" * 75])
def test_a_short_text_costs_its_soft_break_alone(text):
    assert encoded(text) == (text.encode() + b"=\r\n" if text else b"")


@pytest.mark.parametrize("end", ["", " ", "\n", " \n", "\t\n", ".\n", "é\n", "é \n", "= \nx", ".", "..", " ."])
@pytest.mark.parametrize("letter", ["a", "é", ".", "=", "😀"])
def test_every_length_around_the_limit_fits(letter, end):
    for length in range(160):
        run = encoded(letter * length + end)
        assert max(map(len, run.split(b"\r\n"))) <= LONGEST
        assert decoded(run) == letter * length + end


def test_a_lone_surrogate_becomes_a_question_mark():
    assert decoded(encoded("a\ud800b")) == "a?b"
