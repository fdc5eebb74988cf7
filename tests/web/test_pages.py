"""What all pages share: two languages, looks that are remembered, and nothing from outside."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from translate import checks
from translate.errors import BadInput
from web import pages

WEB = Path(pages.__file__).parent
PAGES = ["/", "/search?q=قمر", "/articles/999", "/model"]


def texts(message: pages.Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


def test_every_message_is_there_in_both_languages() -> None:
    # English faults are what the errors say themselves.
    arabic = {key for key in pages.catalogue("ar") if not key.startswith("fault.")}
    assert arabic == pages.catalogue("en").keys()


def test_messages_have_the_same_gaps_in_both_languages() -> None:
    for key, english in pages.catalogue("en").items():
        gaps = set(re.findall(r"\{\w+\}", texts(english)[-1]))
        arabic = pages.catalogue("ar")[key]
        assert set(re.findall(r"\{\w+\}", texts(arabic)[-1])) == gaps, key
        if isinstance(arabic, dict):
            assert arabic.keys() == {"zero", "one", "two", "few", "many", "other"}, key


def test_arabic_messages_are_arabic() -> None:
    names = {"format.md", "format.xliff", "format.json"}
    for key, message in pages.catalogue("ar").items():
        bare = re.sub(r"\{\w+\}", "", texts(message)[-1])
        if any(letter.isalpha() for letter in bare) and key not in names:
            assert re.search("[\u0621-\u064a]", bare), key


@pytest.mark.parametrize(
    ("folder", "call"), [("templates", r'\bt\("([\w.]+)"'), ("static/js", r'\bt\("([\w.]+)"')]
)
def test_every_message_asked_for_exists(folder: str, call: str) -> None:
    asked = {key for file in (WEB / folder).iterdir() for key in re.findall(call, file.read_text())}
    assert len(asked) > 20
    assert asked - pages.catalogue("en").keys() == {key for key in asked if key.endswith(".")}


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "لا جمل"),
        (1, "جملة واحدة"),
        (2, "جملتان"),
        (3, "3 جمل"),
        (10, "10 جمل"),
        (11, "11 جملة"),
        (100, "100 جملة"),
        (103, "103 جمل"),
    ],
)
def test_arabic_counts_as_arabic_does(count: int, expected: str) -> None:
    assert pages.message("ar", "library.sentences", count=count) == expected


def test_english_counts_as_english_does() -> None:
    counted = [pages.message("en", "library.sentences", count=count) for count in (0, 1, 1200)]
    assert counted == ["0 sentences", "1 sentence", "1,200 sentences"]


def test_a_text_inside_a_message_is_isolated_and_a_brace_in_it_is_no_gap() -> None:
    assert pages.message("en", "library.delete", title="مقال {title}") == "Delete \u2068مقال {title}\u2069"


def test_an_unknown_message_says_where_to_add_it() -> None:
    with pytest.raises(BadInput, match=r"'no.such'.*messages/ar.json"):
        pages.message("ar", "no.such")


# A source and a bad translation for each kind of warning there is.
WRONG = [
    ("وصل الوفد إلى طوكيو.", ""),
    ("وصل الوفد إلى طوكيو.", "وصل الوفد إلى طوكيو."),
    ("وصل الوفد إلى طوكيو اليوم.", "The delegation reached طوكيو today."),
    ("وصل الوفد إلى طوكيو.", "The the the the the delegation arrived."),
    ("قال الرئيس إن البلاد سوف تمضي قدما في بناء السد الكبير هذا العام.", "He said."),
    ("قال الرئيس إن البلاد سوف تمضي قدما في بناء السد الكبير.", "The president said the country will go on"),
    ("وصل الوفد.", "The big delegation of the country arrived today in the city after a long journey over land and sea."),
    ("این شهر از پایتخت دور است.", "This city is far from the capital."),
    ("وصل 17 وفدا إلى طوكيو.", "Delegations arrived in Tokyo."),
    ("وصل وفد إلى طوكيو.", "In 1999 a delegation arrived in Tokyo."),
    ("قال «نعم» اليوم.", 'He said "yes today.'),
    ("وصل وفد إلى طوكيو.", "A delegation (arrived in Tokyo."),
]  # fmt: skip


def test_every_kind_of_warning_is_told_in_arabic(app: Flask) -> None:
    told = set()
    with app.test_request_context("/?lang=ar"):
        for source, target in WRONG:
            found = checks.warnings(source, target)
            assert found, (source, target)
            for warning in found:
                arabic = pages.warning_text(warning)
                assert arabic != warning, warning
                assert re.search("[\u0621-\u064a]", arabic)
                told |= {key for pattern, key in pages.WARNINGS if re.match(pattern, warning)}
    # The last kind comes from the translator, not from the checks.
    assert told >= {key for _, key in pages.WARNINGS} - {"warning.unfinished"}


def test_the_number_that_is_missing_is_named_in_the_arabic_warning(app: Flask) -> None:
    with app.test_request_context("/?lang=ar"):
        assert pages.warning_text("17 is missing from the translation.") == "\u206817\u2069 غائب عن الترجمة."
        assert pages.warning_text("Something of a new kind.") == "Something of a new kind."
    with app.test_request_context("/?lang=en"):
        assert (
            pages.warning_text("17 is missing from the translation.") == "17 is missing from the translation."
        )


def test_the_interface_is_in_the_language_asked_for_then_remembered_then_preferred(
    client: FlaskClient,
) -> None:
    def language(**request: object) -> str:
        return re.search(r'<html lang="(..)"', client.get(**request).text).group(1)  # type: ignore[arg-type, union-attr]

    assert language(path="/") == "en"
    assert language(path="/", headers={"Accept-Language": "ar-EG,ar;q=0.9,en;q=0.5"}) == "ar"
    assert language(path="/?lang=ar") == "ar"
    assert language(path="/", headers={"Accept-Language": "en"}) == "ar"
    assert language(path="/?lang=xx") == "ar"
    assert language(path="/?lang=en") == "en"


def test_the_arabic_interface_is_mirrored_and_offers_english(client: FlaskClient) -> None:
    page = client.get("/search?q=قمر&lang=ar").text
    assert '<html lang="ar" dir="rtl"' in page
    assert 'href="/search?q=%D9%82%D9%85%D8%B1&amp;lang=en"' in page
    client.get("/?lang=en")


def test_looks_come_from_the_cookie_and_what_is_no_known_choice_is_left_out(client: FlaskClient) -> None:
    client.set_cookie("looks", 'theme.dark-view.source-order."><script>-source_size.99-nonsense')
    page = client.get("/").text
    assert 'data-theme="dark"' in page
    assert 'data-view="source"' in page
    assert 'data-order="source"' in page
    assert 'data-source-size="4"' in page
    assert "<script>-" not in page


def test_no_message_can_end_the_script_element_that_holds_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pages.catalogue("en"), "js.evil", "</script><script>alert(1)</script>&amp;")
    with app.test_request_context("/?lang=en"):
        text = str(pages.messages_json("js.evil"))
    assert "<" not in text
    assert "&" not in text
    assert json.loads(text)["messages"]["js.evil"] == "</script><script>alert(1)</script>&amp;"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_ask_no_other_host_and_have_no_inline_script_or_style(
    client: FlaskClient, path: str, language: str
) -> None:
    page = client.get(
        f"{path}{'&' if '?' in path else '?'}lang={language}", headers={"Accept": "text/html"}
    ).text
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []
    for file in re.findall(r'(?:src|href)="/static/([^"]+)"', page):
        assert (WEB / "static" / file).is_file(), file


def test_the_stylesheets_take_everything_from_here() -> None:
    for sheet in (WEB / "static").glob("*.css"):
        for address in re.findall(r"url\(\"?([^)\"]+)", sheet.read_text()):
            assert (WEB / "static" / address).is_file(), address
        assert "@import" not in sheet.read_text()


def test_every_font_has_its_licence_beside_it_and_all_are_small() -> None:
    fonts = sorted((WEB / "static" / "fonts").glob("*.woff2"))
    licences = [file.stem.removeprefix("OFL-") for file in (WEB / "static" / "fonts").glob("OFL-*.txt")]
    for font in fonts:
        assert any(font.stem.startswith(name) for name in licences), font.name
    for licence in (WEB / "static" / "fonts").glob("OFL-*.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text()
        assert licence.read_text().startswith("Copyright")
    assert sum(font.stat().st_size for font in fonts) < 400_000


def test_a_missing_page_says_so_in_the_readers_language(client: FlaskClient) -> None:
    english = client.get("/articles/999?lang=en", headers={"Accept": "text/html"})
    assert english.status_code == 404
    assert "There is no such page" in english.text
    arabic = client.get("/nowhere?lang=ar", headers={"Accept": "text/html"})
    assert arabic.status_code == 404
    assert "لا توجد صفحة كهذه" in arabic.text
    client.get("/?lang=en")


def test_a_source_is_named_in_few_words() -> None:
    names = [
        "https://www.example.org/a/b?c",
        "HTTP://example.org",
        "/home/x/مقال.txt",
        "C:\\texts\\a.docx",
        "",
    ]
    assert [pages.source_name(name) for name in names] == [
        "example.org",
        "example.org",
        "مقال.txt",
        "a.docx",
        "",
    ]


def test_a_day_is_written_as_people_write_it(app: Flask) -> None:
    day = datetime(2026, 11, 26, tzinfo=UTC)
    with app.test_request_context("/?lang=en"):
        assert pages.moment(day) == "26 November 2026"
    with app.test_request_context("/?lang=ar"):
        assert pages.moment(day) == "26 نوفمبر 2026"


@pytest.mark.parametrize("path", ["/", "/search", "/model", "/docs", "/no-such-page"])
def test_every_page_speaks_the_language_that_the_browser_prefers(client: FlaskClient, path: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "ar-EG,ar;q=0.9,en;q=0.5"}
    page = client.get(path, headers=headers)
    assert '<html lang="ar" dir="rtl"' in page.text
    assert "Accept-Language" in page.headers["Vary"]
    english = client.get(path, headers={**headers, "Accept-Language": "en"})
    assert '<html lang="en" dir="ltr"' in english.text
