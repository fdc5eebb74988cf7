"""Articles through the API: added in three ways, read, deleted, restored, translated again, exported."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.attachment import disposition

TEXT = (
    "وصل الوزير إلى العاصمة\n\n"
    "وصل وزير الخارجية إلى القاهرة صباح اليوم. وقال إن المحادثات ستستمر 17 يوما.\n\n"
    "وتستضيف المدينة المؤتمر في الشهر المقبل."
)
SCRIPT = "<script>alert(1)</script>"
NASTY = f'{SCRIPT}"><img src=x onerror=alert(2)>&amp;\u202e{{{{7*191}}}}'


def add(client: FlaskClient, **body: str) -> dict[str, Any]:
    reply = client.post("/api/articles", json={"text": TEXT, **body})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json
    return found


def finished(client: FlaskClient, article: int) -> dict[str, Any]:
    """The article once it is translated; the stream of events ends then."""
    assert "event: done" in client.get(f"/api/articles/{article}/events").text
    found: dict[str, Any] = client.get(f"/api/articles/{article}").json
    return found


def test_a_pasted_article_is_added_and_translated(client: FlaskClient) -> None:
    reply = client.post("/api/articles", json={"text": TEXT, "title": "زيارة", "source": "وكالة"})
    assert reply.status_code == 201
    entry = reply.json
    assert reply.headers["Location"] == f"/api/articles/{entry['id']}"
    assert (entry["title"], entry["source"], entry["origin"]) == ("زيارة", "وكالة", "api")
    assert (entry["segments"], entry["deleted"]) == (4, False)
    found = finished(client, entry["id"])
    assert [row["position"] for row in found["rows"]] == [0, 1, 2, 3]
    assert [row["kind"] for row in found["rows"]] == ["heading", "body", "body", "body"]
    assert all(row["machine"]["text"] for row in found["rows"])
    assert found["job"]["status"] == "done"
    assert found["article"]["translated"] == 4
    assert found["article"]["english_title"]


def test_offsets_are_code_points_of_the_text_that_was_sent(client: FlaskClient) -> None:
    text = "\ufeffأولا 😀.\r\nثانيا نص."
    rows = client.get(f"/api/articles/{add(client, text=text)['id']}").json["rows"]
    body = text.removeprefix("\ufeff").replace("\r\n", "\n")
    assert [body[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]


def test_what_a_browser_pastes_is_known_as_pasted(client: FlaskClient) -> None:
    reply = client.post("/api/articles", json={"text": TEXT}, headers={"Sec-Fetch-Site": "same-origin"})
    assert reply.json["origin"] == "paste"


def test_a_file_is_read_and_keeps_its_name_as_its_source(client: FlaskClient) -> None:
    for name, data in (
        ("خبر.txt", TEXT.encode()),
        ("old.txt", TEXT.encode("cp1256")),
        ("page.html", f"<html><body><article><h1>عنوان</h1><p>{TEXT}</p></article></body></html>".encode()),
    ):
        reply = client.post("/api/articles", data={"file": (io.BytesIO(data), name)})
        assert reply.status_code == 201, reply.text
        assert (reply.json["origin"], reply.json["source"]) == ("file", name)


def test_a_form_without_scripts_adds_what_was_pasted(client: FlaskClient) -> None:
    """The page's own form posts every field and an empty file."""
    reply = client.post(
        "/api/articles",
        data={"text": TEXT, "title": "  زيارة ", "url": "", "file": (io.BytesIO(b""), "")},
        content_type="multipart/form-data",
    )
    assert reply.status_code == 201
    assert reply.json["title"] == "زيارة"


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({}, 400, 'must have a "file"'),
        ({"text": "  "}, 400, 'must have a "file"'),
        ({"txt": "نص"}, 400, 'not known here: "txt"'),
        ({"file": "نص بلا ملف"}, 400, 'The field "file" is text'),
        ({"file": (io.BytesIO(b""), "a.txt")}, 400, "empty"),
        ({"file": (io.BytesIO(b"PK\x03\x04 no archive"), "a.docx")}, 400, "damaged"),
        ({"file": (io.BytesIO(b"\x7fELF\x00\x01\x02" * 50), "a.bin")}, 415, "Expected"),
        ({"file": (io.BytesIO(b"MZ"), "../../x.exe")}, 415, "cannot be translated"),
        ({"document": (io.BytesIO(b"x"), "a.txt")}, 400, "document"),
        ({"file": [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b"b"), "b.txt")]}, 400, "2 files"),
        ({"file": (io.BytesIO(b"a"), "a.txt"), "text": "نص"}, 400, "not known here"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused(
    client: FlaskClient, form: dict[str, Any], status: int, message: str
) -> None:
    reply = client.post("/api/articles", data=form, content_type="multipart/form-data")
    assert reply.status_code == status, reply.text
    assert message in reply.json["error"]


def test_a_file_beyond_the_limit_is_refused(make_app: Callable[..., Flask]) -> None:
    client = make_app(upload_bytes=2000).test_client()
    big = {"file": (io.BytesIO("نص ".encode() * 1000), "a.txt")}
    assert client.post("/api/articles", data=big).status_code == 413
    huge = client.post("/api/articles", data=b"x" * 2_000_000, content_type="application/json")
    assert (huge.status_code, huge.json["code"]) == (413, "too_large")


def test_pages_of_this_machine_are_not_fetched(client: FlaskClient) -> None:
    for url in ("http://127.0.0.1:5000/api/articles", "http://localhost/", "http://169.254.169.254/latest"):
        reply = client.post("/api/articles", json={"url": url})
        assert reply.status_code == 403, reply.text
    for url in ("file:///etc/passwd", "gopher://x", "نص", "http://"):
        assert client.post("/api/articles", json={"url": url}).status_code == 400


def test_fetching_can_be_switched_off(make_app: Callable[..., Flask]) -> None:
    client = make_app(fetch_urls=False).test_client()
    reply = client.post("/api/articles", json={"url": "https://example.org/"})
    assert reply.status_code == 403
    assert "fetches no pages" in reply.json["error"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": ""}, 'The field "text" is empty'),
        ({"text": "\u200f \n"}, "no text here"),
        ({"text": "نص\0"}, "NUL"),
        ({"text": None}, 'The field "text" is null; it must be text.'),
        ({"text": ["نص"]}, "a list of 1; it must be text"),
        ({"text": "نص", "title": 5}, 'The field "title" is 5'),
        ({"text": "نص", "titel": "x"}, 'not known here: "titel"'),
        ({"text": "نص", "title": "x" * 501}, "501 characters; it may have 500"),
        ({"text": "x" * 2_000_001}, "2000001 characters"),
        ([], "it must be an object"),
        ("نص", "it must be an object"),
    ],
)
def test_bad_json_is_refused_by_name_and_adds_nothing(
    client: FlaskClient, body: object, message: str
) -> None:
    before = len(client.get("/api/articles").json)
    reply = client.post("/api/articles", json=body)
    assert reply.status_code == 400
    assert message in reply.json["error"]
    assert reply.json["code"] == "bad_input"
    assert len(client.get("/api/articles").json) == before


def test_half_a_character_is_refused(client: FlaskClient) -> None:
    reply = client.post("/api/articles", data=b'{"text": "\\ud800 x"}', content_type="application/json")
    assert reply.status_code == 400
    assert "half a surrogate pair" in reply.json["error"]


@pytest.mark.parametrize(
    "number", ["0", "-1", "abc", "1.5", "٣", "9" * 40, "2147483648", "1e3", "%00", "null"]
)
def test_what_is_no_articles_number_is_not_found(client: FlaskClient, number: str) -> None:
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/restore"),
        ("POST", "/translate"),
        ("GET", "/export?format=tmx"),
        ("GET", "/events"),
        ("GET", "/links"),
    ):
        reply = client.open(f"/api/articles/{number}{path}", method=method)
        assert reply.status_code == 404, (method, path)
        assert reply.json["code"] == "not_found"


def test_an_article_that_is_not_there_is_not_found_by_any_operation(client: FlaskClient) -> None:
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/restore"),
        ("POST", "/translate"),
        ("GET", "/export?format=tmx"),
        ("GET", "/events"),
        ("GET", "/links"),
    ):
        reply = client.open(f"/api/articles/2147483647{path}", method=method)
        assert reply.status_code == 404, (method, path)
        assert "2147483647" in reply.json["error"]


def test_unknown_and_doubled_parameters_are_named(client: FlaskClient) -> None:
    reply = client.get("/api/articles?delted=true")
    assert (reply.status_code, reply.json["error"]) == (
        400,
        'The address asks with "delted", which is not known here. Known: "deleted".',
    )
    assert "given 2 times" in client.get("/api/articles?deleted=true&deleted=false").json["error"]
    assert "true or false" in client.get("/api/articles?deleted=1").json["error"]
    assert "not in UTF-8" in client.get("/api/search?q=%c7%e1").json["error"]


def test_a_deleted_article_comes_back_with_everything_on_it(client: FlaskClient) -> None:
    article = add(client)["id"]
    finished(client, article)
    gone = client.delete(f"/api/articles/{article}")
    assert (gone.status_code, gone.json["deleted"]) == (200, True)
    assert article not in [entry["id"] for entry in client.get("/api/articles").json]
    assert article in [entry["id"] for entry in client.get("/api/articles?deleted=true").json]
    assert client.delete(f"/api/articles/{article}").status_code == 200
    refused = client.post(f"/api/articles/{article}/translate")
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    back = client.post(f"/api/articles/{article}/restore")
    assert (back.json["deleted"], back.json["translated"]) == (False, 4)


def test_deleting_stops_the_translation_and_restoring_finishes_it(client: FlaskClient) -> None:
    article = add(client, text="\n".join(f"هذه هي الجملة رقم {n} من النص الطويل." for n in range(300)))["id"]
    client.delete(f"/api/articles/{article}")
    ended = client.get(f"/api/articles/{article}/events").text
    assert '"status":"cancelled"' in ended
    client.post(f"/api/articles/{article}/restore")
    assert finished(client, article)["article"]["translated"] == 300


def test_translating_again_by_the_same_model_is_done_at_once(client: FlaskClient) -> None:
    article = add(client)["id"]
    before = finished(client, article)
    reply = client.post(f"/api/articles/{article}/translate", json={})
    assert reply.status_code == 202
    after = finished(client, article)
    assert [row["machine"] for row in after["rows"]] == [row["machine"] for row in before["rows"]]


def test_furniture_is_translated_on_request(client: FlaskClient) -> None:
    article = add(client, text=f"{TEXT}\n\nشارك الخبر على فيسبوك\n\nاقرأ أيضا: أخبار أخرى")["id"]
    found = finished(client, article)
    furniture = [row for row in found["rows"] if row["kind"] == "furniture"]
    assert furniture
    assert not any(row["machine"] for row in furniture)
    assert client.post(f"/api/articles/{article}/translate", json={"furniture": True}).status_code == 202
    after = finished(client, article)["rows"]
    assert all(row["machine"] for row in after)


def test_a_model_that_is_not_installed_is_not_found_and_no_folder_is_read(client: FlaskClient) -> None:
    article = add(client)["id"]
    for name in ("/etc", "../..", "Helsinki-NLP/opus-mt-ar-en", "builtin ", "\u202e"):
        reply = client.post(f"/api/articles/{article}/translate", json={"model": name})
        assert reply.status_code == 404
        assert "Installed: builtin" in reply.json["error"]


FORMATS = ["html", "docx", "epub", "md", "tmx", "xliff", "tsv", "json"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_export_is_a_file_to_keep(client: FlaskClient, form: str) -> None:
    article = add(client)["id"]
    finished(client, article)
    reply = client.get(f"/api/articles/{article}/export?format={form}")
    assert reply.status_code == 200
    assert reply.data
    assert reply.headers["Content-Disposition"].startswith("attachment; ")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_an_export_asks_for_a_format_that_there_is(client: FlaskClient) -> None:
    article = add(client)["id"]
    assert "is missing" in client.get(f"/api/articles/{article}/export").json["error"]
    assert '"tmx"' in client.get(f"/api/articles/{article}/export?format=pdf").json["error"]
    assert client.get(f"/api/articles/{article}/export?format=tmx&reference=77").status_code == 404
    assert client.get("/api/corrections/export?format=docx").status_code == 400


def test_markup_that_was_stored_comes_out_as_text_everywhere(client: FlaskClient) -> None:
    """Titles, texts, sources, corrections and names full of script, in JSON, pages and exports."""
    article = add(client, text=f"{NASTY}\n\n{TEXT}", title=NASTY, source=NASTY)["id"]
    rows = finished(client, article)["rows"]
    client.put(f"/api/segments/{rows[1]['id']}/correction", json={"text": NASTY, "version": 0})
    reply = client.post(
        f"/api/articles/{article}/references", json={"name": NASTY, "text": f"{NASTY} went on."}
    )
    reference = reply.json["id"]
    found = client.get(f"/api/articles/{article}")
    assert found.json["article"]["title"] == NASTY
    assert found.mimetype == "application/json"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/", f"/articles/{article}", "/search?q=script", f"/search?q={NASTY}"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert_no_script(page.text)
    for form in FORMATS:
        data = client.get(f"/api/articles/{article}/export?format={form}&reference={reference}").data
        if form in {"docx", "epub"}:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for name in archive.namelist():
                    if name.endswith((".xml", ".xhtml", ".opf")):
                        assert_no_script(archive.read(name).decode())
        elif form in {"html", "tmx", "xliff", "md"}:
            assert_no_script(data.decode())


def assert_no_script(page: str) -> None:
    """Nothing that was stored has become an element, an attribute, or a template's value."""
    markup = page.replace("\\<", "")  # As Markdown writes the sign itself.
    assert "<script>" not in markup
    assert not re.search(r"<img[^>]*onerror", markup)
    assert "1337" not in page


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plain.tmx", 'attachment; filename="plain.tmx"'),
        ('a"b.tmx', 'attachment; filename="a b.tmx"'),
        ("a\r\nSet-Cookie: x=1.tmx", 'attachment; filename="a Set-Cookie: x=1.tmx"'),
        ("../../etc/passwd", 'attachment; filename=".. etc passwd"'),
        ("خبر.tmx", "attachment; filename=\"article.tmx\"; filename*=UTF-8''%D8%AE%D8%A8%D8%B1.tmx"),
        ("a\u202egpj.tmx", 'attachment; filename="a gpj.tmx"'),
        ("", 'attachment; filename="file"'),
        ("\ud800", 'attachment; filename="file"'),
        ("x" * 500 + ".tmx", f'attachment; filename="{"x" * 116}.tmx"'),
    ],
)
def test_a_files_name_cannot_break_its_header(name: str, header: str) -> None:
    made = disposition(name)
    assert made.isascii()
    assert "\r" not in made
    assert "\n" not in made
    if not name.startswith(".."):
        assert made == header
    else:
        assert "/" not in made


@pytest.mark.parametrize(
    "title", ["x\r\nSet-Cookie: stolen=1\r\n\r\n<script>", 'a";filename="b.exe', "../../../etc/passwd"]
)
def test_a_title_cannot_inject_a_header_into_its_export(client: FlaskClient, title: str) -> None:
    article = add(client, title=title)["id"]
    for form in FORMATS:
        reply = client.get(f"/api/articles/{article}/export?format={form}")
        assert reply.status_code == 200
        assert "Set-Cookie" not in reply.headers
        assert reply.headers["Content-Disposition"].count("filename=") == 1
        assert not re.search(r'[/\\\r\n]|exe"', reply.headers["Content-Disposition"])


def test_errors_never_show_where_the_code_is(client: FlaskClient) -> None:
    for reply in (
        client.post("/api/articles", data=b"{", content_type="application/json"),
        client.get("/api/nothing"),
        client.patch("/api/articles"),
        client.post("/api/articles/1/translate", data=b"\xff", content_type="application/json"),
    ):
        assert reply.status_code in {400, 404, 405}
        assert set(reply.json) <= {"error", "code"}
        assert "Traceback" not in reply.text
        assert ".py" not in reply.text


def test_a_text_without_an_arabic_letter_is_refused_and_not_kept(client: FlaskClient) -> None:
    before = client.get("/api/articles").json
    reply = client.post("/api/articles", json={"text": "The minister arrived in Tunis."})
    assert reply.status_code == 400
    assert "holds no Arabic letter" in reply.json["error"]
    assert client.get("/api/articles").json == before
