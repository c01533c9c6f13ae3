from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.reading import LIMIT, Document, read
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import OUTREACH

TEXT = b"""title: Welkom
start: {event: hired, on: NO}
steps:
  - id: welcome
    at: 12:30
    day: 007
    note: "~"
  - 2026-13-01
"""


def test_scalars_stay_the_text_that_was_written() -> None:
    assert read("a.yaml", TEXT).data == {
        "title": "Welkom",
        "start": {"event": "hired", "on": "NO"},
        "steps": [{"id": "welcome", "at": "12:30", "day": "007", "note": "~"}, "2026-13-01"],
    }


def test_keys_and_values_have_their_places() -> None:
    document = read("a.yaml", TEXT)
    assert document.place(("start", "on"), key=True) == (2, 23)
    assert document.place(("start", "on")) == (2, 27)
    assert document.place(("steps", 0, "day")) == (6, 10)
    assert document.place(("steps", 1)) == (8, 5)
    assert document.place(("steps",)) == (4, 3)


def test_what_is_not_there_stands_at_what_is_around_it() -> None:
    document = read("a.yaml", TEXT)
    assert document.place(("steps", 0, "remind", "until")) == (4, 5)
    assert document.place(("nothing",)) == (1, 1)


def test_places_count_from_where_the_text_starts() -> None:
    assert read("a.md", b"subject: x", first_line=5).place(("subject",)) == (5, 10)


def test_only_an_empty_value_is_none() -> None:
    assert read("a.yaml", b"a:\nb: ~\nc: ''\nd: null\ne: 'null'").data == {
        "a": None,
        "b": None,
        "c": "",
        "d": None,
        "e": "null",
    }


@pytest.mark.parametrize(
    ("raw", "line", "column", "message"),
    [
        (b"", 1, 1, "the file is empty"),
        (b"# only a comment\n", 1, 1, "the file is empty"),
        (b"a: b: c", 1, 5, "there is one `:` too many"),
        (b"a: 1\n b: 2\n", 2, 3, "there is one `:` too many"),
        (b"a:\n\tb: 1", 2, 1, "there is a tab here"),
        (b"a:\n  - b\n - c\n", 3, 2, "does not line up"),
        (b"a: [1,\n", 2, 1, "a bracket is not closed"),
        (b"a: {b: 1\nc: 2\n", 2, 2, "a `,` or a closing bracket is missing"),
        (b'a: "x\n', 2, 1, "a quote is not closed"),
        (b"a: *x", 1, 4, "`*` at the start of a value"),
        (b"a: &x 1", 1, 4, "`&x` (an anchor) is not used here"),
        (b"a: &x [*x]", 1, 4, "`&x` (an anchor) is not used here"),
        (b"a: !x 1", 1, 4, "the tag `!x` is not used here"),
        (b"a: !!python/object:os.system x", 1, 4, "the tag `tag:yaml.org,2002:python/object:os.system`"),
        (b"a: 1\nb: 2\na: 3", 3, 1, "the key `a` stands here twice; the first is in line 1"),
        (b"? [a]\n: b", 1, 3, "a key must be a plain word"),
        (b"a: @x", 1, 4, "a value may not start with this character"),
        (b"a: 1\n---\nb: 2", 2, 1, "a second document starts here"),
        (b"a: caf\xe9", 1, 7, "the file is not in UTF-8"),
        (b"\xff\xfea\x00", 1, 1, "the file is not in UTF-8"),
        ("é: \x07".encode(), 1, 4, "an invisible character U+0007"),
        (b"[" * 5001, 1, 1, "nested too deeply"),
        (b"[" * 60 + b"]" * 60, 1, 42, "nested too deeply"),
        (b"a: " + b"x" * LIMIT, 1, 1, "larger than 1 MB"),
    ],
)
def test_what_is_odd_is_a_problem_at_its_place(raw: bytes, line: int, column: int, message: str) -> None:
    problems = read("a.yaml", raw).problems
    assert len(problems) == 1
    assert (problems[0].line, problems[0].column) == (line, column)
    assert message in problems[0].message
    assert problems[0].remedy


def test_duplicate_keys_are_all_named() -> None:
    problems = read("a.yaml", b"a: 1\na: 2\nb: {c: 1, c: 2}\n").problems
    assert [(problem.line, problem.column, problem.path) for problem in problems] == [(2, 1, "a"), (3, 11, "b.c")]


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    document = read("a.yaml", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert document.data == {"a": "1", "b": "2"}
    assert document.place(("b",)) == (2, 4)


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    assert "anchor" in read("a.yaml", bomb.encode()).problems[0].message


@given(
    st.binary(max_size=300)
    | st.text(alphabet="ab:-[]{}&*!?|>'\"%@`#, \n\t\r\x00é\u2028~0", max_size=120).map(str.encode)
)
def test_no_bytes_raise_anything(raw: bytes) -> None:
    document = read("a.yaml", raw)
    assert isinstance(document, Document)
    assert document.readable or document.problems
    for problem in document.problems:
        assert "\n" not in problem.message


def test_an_anchor_with_its_aliases_is_one_problem(judge: Judge) -> None:
    text = OUTREACH.replace("news: Nieuws", "news: &n Nieuws\n  more: *n\n  again: *n")
    assert [(one.line, one.path) for one in judge({"outreach.yaml": text}).problems] == [(10, "topics.news")]
