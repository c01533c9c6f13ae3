"""Files as they really come: the bytes are written by hand, and the letters must come out right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import OutreachError
from outreach.roster.reading import open_sheet
from outreach.roster.sources.decoding import encoding_of

TEXT = "person_id;naam\n1;Renée D’Hondt\n2;Zoë Coëme\n"


def names(path, encoding=None):
    with open_sheet(path, encoding) as sheet:
        assert sheet.header == ("person_id", "naam")
        return [row.cells[1] for row in sheet.rows]


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"], ids=lambda codec: codec
)
def test_every_encoding_of_the_ladder_is_recognised(tmp_path, codec):
    path = tmp_path / "roster.csv"
    path.write_bytes(TEXT.encode(codec))
    assert names(path) == ["Renée D’Hondt", "Zoë Coëme"]


def test_utf_16_big_endian_with_its_mark_is_recognised(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert names(path) == ["Renée D’Hondt", "Zoë Coëme"]


def test_another_encoding_is_read_when_named(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("person_id;naam\n1;Renée\n".encode("cp850"))
    assert names(path, "cp850") == ["Renée"]


def test_naming_utf_8_does_not_make_its_mark_part_of_the_header(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(TEXT.encode("utf-8-sig"))
    assert names(path, "utf-8") == ["Renée D’Hondt", "Zoë Coëme"]


def test_a_name_that_is_no_encoding_is_refused(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(TEXT, encoding="utf-8")
    for name in ("klingon", "base64", "rot13"):
        with pytest.raises(OutreachError, match="not an encoding"):
            encoding_of(path, name)


def test_a_file_that_is_not_in_the_named_encoding_is_refused_with_the_line(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("person_id;naam\n1;Jan\n2;Zoë\n".encode("cp1252"))
    with pytest.raises(OutreachError) as caught:
        encoding_of(path, "utf-8")
    assert caught.value.where == "roster.csv:3"


def test_a_utf_8_file_that_was_cut_in_the_middle_of_a_letter_is_not_read_as_something_else(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("person_id;naam\n1;Renée\n2;Zoë\n3;Aimé".encode()[:-1])
    with pytest.raises(OutreachError, match="damaged here, or cut off") as caught:
        encoding_of(path)
    assert caught.value.where == "roster.csv:4"


def test_a_utf_8_file_with_one_bad_byte_is_not_read_as_windows_1252(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("person_id;naam\n1;Renée\n2;Zoë\n3;".encode() + b"Aim\xe9\n")
    with pytest.raises(OutreachError, match="damaged"):
        encoding_of(path)


def test_a_windows_1252_file_that_ends_on_an_accent_is_read(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("person_id;naam\n1;Aimé".encode("cp1252"))
    assert names(path) == ["Aimé"]


def test_bytes_of_no_encoding_at_all_are_refused_with_a_remedy(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"person_id;naam\n1;\x81\x8d\x9d\n")
    with pytest.raises(OutreachError, match="cp1252") as caught:
        encoding_of(path)
    assert "--encoding" in caught.value.remedy


def test_the_encoding_is_judged_by_the_whole_file_and_not_by_its_start(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"person_id;naam\n" + b"1;Jan\n" * 400_000 + "2;Zoë\n".encode("cp1252"))
    assert encoding_of(path) == "cp1252"


@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1))
def test_any_text_of_windows_1252_is_read_as_it_is_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("bytes") / "roster.csv"
    path.write_bytes(f"person_id;naam\n{text}".encode("cp1252"))
    try:
        codec = encoding_of(path)
    except OutreachError:
        return
    # Bytes that are valid UTF-8 are read as that: no file of people's names in Windows-1252 is by chance.
    assert codec in ("utf-8", "cp1252")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_in_utf_8_is_read_as_utf_8(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("bytes") / "roster.csv"
    path.write_text(f"person_id;naam\n{text}", encoding="utf-8")
    assert encoding_of(path) == "utf-8"


def test_a_mark_does_not_become_part_of_the_header_where_the_named_encoding_knows_of_none(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"\xff\xfe" + TEXT.encode("utf-16-le"))
    assert names(path, "utf-16-le") == ["Renée D’Hondt", "Zoë Coëme"]


@pytest.mark.parametrize("name", ["undefined", "idna", "punycode", "hex", "zip"])
def test_odd_codecs_of_python_are_refused_like_any_wrong_encoding(tmp_path, name):
    path = tmp_path / "roster.csv"
    path.write_bytes(TEXT.encode("cp1252"))
    with pytest.raises(OutreachError):
        encoding_of(path, name)
