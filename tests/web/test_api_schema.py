"""Requests are checked by the same schemas that are published, and a refusal says what may stand there."""

import json

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translate.errors import BadInput
from web import shapes
from web.operations import read_json
from web.schema import check, parse, shown

REQUESTS = {
    "article": shapes.NEW_ARTICLE,
    "reference": shapes.NEW_REFERENCE,
    "job": shapes.NEW_JOB,
    "correction": shapes.NEW_CORRECTION,
    "undo": shapes.UNDO,
    "beads": shapes.BEAD_ACTION,
    "model": shapes.MODEL_CHOICE,
}
FIELDS = sorted(
    {
        name
        for schema in REQUESTS.values()
        for choice in schema.get("oneOf", [schema])
        for name in choice["properties"]
    }
)


def accepts(value: object, schema: object) -> bool:
    try:
        check(value, schema, shapes.COMPONENTS, "The body")
    except BadInput:
        return False
    return True


_TEXTS = st.sampled_from(
    ["", " ", "\u0085", "\u2003\n", "نص", "a\0b", "merge", "source", "x" * 600, "push_down"]
)
_NUMBERS = st.sampled_from([-1, 0, 1, 2.0, 2.5, -0.0, 2**31 - 1, 2**31, 1e300, 10**400, 1e-9])
_VALUES = st.one_of(
    _TEXTS, _NUMBERS, st.none(), st.booleans(), st.lists(st.integers(), max_size=2), st.just({})
)
_BODIES = st.one_of(
    _VALUES,
    st.dictionaries(
        st.sampled_from([*FIELDS, "unknown"]), st.one_of(_VALUES, st.text(max_size=5)), max_size=5
    ),
)


@pytest.mark.parametrize("name", REQUESTS)
@settings(max_examples=300, deadline=None)
@given(body=_BODIES)
def test_our_check_accepts_exactly_what_json_schema_accepts(name: str, body: object) -> None:
    """jsonschema_rs, which nobody here wrote, judges the published schema."""
    schema = REQUESTS[name]
    assert accepts(body, schema) == jsonschema_rs.is_valid(schema, body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": 5, "version": 0}, 'The field "text" is 5; it must be text.'),
        ({"text": "x", "version": "1"}, 'The field "version" is "1"; it must be a whole number.'),
        ({"text": "x", "version": True}, 'The field "version" is true; it must be a whole number.'),
        ({"text": "x", "version": 1.5}, 'The field "version" is 1.5; it must be a whole number.'),
        (
            {"text": "x", "version": -1},
            'The field "version" is -1; it must be a whole number from 0 to 2147483647.',
        ),
        (
            {"text": "x", "version": 10**30},
            'The field "version" is a number of more than 20 digits; it must be a whole number '
            "from 0 to 2147483647.",
        ),
        ({"text": "x"}, 'The body has no "version".'),
        ({}, 'The body has no "text" and no "version".'),
        (
            {"text": "x", "verison": 1},
            'The body has fields that are not known here: "verison". Known: "text", "version".',
        ),
        ([], "The body is a list of 0; it must be an object."),
        (None, "The body is null; it must be an object."),
        (
            {"text": "a\ud800", "version": 0},
            'The field "text" has half a surrogate pair (U+D800), no character, at 1; take it out.',
        ),
        ({"text": "ab\0", "version": 0}, 'The field "text" has NUL (U+0000), at 2; take it out.'),
        (
            {"text": "ا" * 20_001, "version": 0},
            'The field "text" has 20001 characters; it may have 20000 at most.',
        ),
    ],
)
def test_a_refusal_says_what_stands_where_and_what_may(body: object, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(body, shapes.NEW_CORRECTION, {}, "The body")
    assert str(refused.value) == message


def test_of_two_alternatives_the_one_meant_complains() -> None:
    with pytest.raises(BadInput, match=r'The field "url" is 5; it must be text\.'):
        check({"url": 5}, shapes.NEW_ARTICLE, {}, "The body")
    with pytest.raises(BadInput, match=r'not known here: "url"\. Known: "text", "title", "source"'):
        check({"text": "نص", "url": "http://x.example"}, shapes.NEW_ARTICLE, {}, "The body")
    with pytest.raises(BadInput, match="blank; it must have something to read"):
        check({"text": " \n\u00a0"}, shapes.NEW_ARTICLE, {}, "The body")


def test_a_whole_number_written_with_a_point_is_one() -> None:
    assert check({"version": 2.0}, shapes.UNDO, {}, "The body") == {"version": 2}
    assert isinstance(check({"version": 2.0}, shapes.UNDO, {}, "The body")["version"], int)


@pytest.mark.parametrize("text", ["", "x", "1.0", "٣", "+1", " 1", "1e3", "0x1", "9" * 5000, "-", "1_000"])
def test_a_parameter_is_a_whole_number_in_plain_digits_or_refused(text: str) -> None:
    with pytest.raises(BadInput, match="must be a whole number"):
        parse(text, {"type": "integer", "minimum": 1, "maximum": 100}, "The parameter")


def test_parameters_are_read_by_their_kind() -> None:
    assert parse("7", {"type": "integer", "minimum": 1}, "It") == 7
    assert parse("true", {"type": "boolean"}, "It") is True
    assert parse("", {"type": "string"}, "It") == ""
    with pytest.raises(BadInput, match="true or false"):
        parse("yes", {"type": "boolean"}, "It")
    with pytest.raises(BadInput, match='one of "tmx", "tsv"'):
        parse("pdf", {"type": "string", "enum": ["tmx", "tsv"]}, "It")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON: .* at line 1, column 2"),
        (b'{"text": "\xff"}', "not UTF-8: byte 10"),
        (b'{"version": NaN}', "NaN, which is no number"),
        (b'{"version": -Infinity}', "Infinity"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "number too long"),
        (b"{'text': 'x'}", "not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(raw: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_json(raw)


@given(value=st.recursive(st.text() | st.floats() | st.integers(), lambda inner: st.lists(inner)))
def test_any_value_can_be_shown_in_a_message_that_can_be_sent(value: object) -> None:
    assert len(shown(value).encode("utf-8")) < 400


def test_surrogates_and_long_texts_are_shown_safely() -> None:
    assert shown("a\ud800") == '"a\\ud800"'
    assert shown("ا" * 100) == '"' + "ا" * 40 + '…"'
    assert json.loads(shown("line\nbreak")) == "line\nbreak"
