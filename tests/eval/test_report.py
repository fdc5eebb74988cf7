"""The page is opened in a real browser where Debian's chromium is installed."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval.report import charts
from eval.report.page import render
from eval.terminal import render as as_text
from eval.translation import Corpus, Coverage, Evaluation, System, evaluate

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
ATTACK = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>&\"'"

SOURCES = ("قال كيشيدا «لا» في 2024.", "وصل الوفد إلى طوكيو.", "لم يحضر أحد.")
REFERENCES = ('Kishida said "no" in 2024.', "The delegation arrived in Tokyo.", "Nobody came.")
FIRST = ('Kishida said "no" in 2023.', "The delegation arrived in Kyoto today.", "Somebody came.")
SECOND = (f"Kishida {ATTACK} 2024.", "A delegation arrived in Tokyo.", "")


def example(**system: object) -> Evaluation:
    corpus = Corpus(f"news {ATTACK}", (REFERENCES,), SOURCES, ("one", "one", f"two {ATTACK}"))
    systems = [System("greedy", FIRST), System(f"beam {ATTACK}", SECOND, **system)]  # type: ignore[arg-type]
    return evaluate(corpus, systems, resamples=40, trials=40)


class Tags(HTMLParser):
    """Counts elements and attributes, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_no_text_from_outside_becomes_markup() -> None:
    page = render([example()])
    tags = Tags()
    tags.feed(page)
    assert tags.tags.count("script") == 2
    assert "img" not in tags.tags
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert ATTACK not in page


def test_the_page_needs_no_other_file_and_no_network() -> None:
    page = render([example()])
    tags = Tags()
    tags.feed(page)
    assert not {"src", "href", "srcset", "action"} & {name for name, _ in tags.attributes}
    assert "link" not in tags.tags
    assert not re.search(r"url\(|@import|https?://", page)
    assert "default-src 'none'" in page


def test_the_data_holds_every_line_with_its_findings() -> None:
    page = render([example()])
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S).group(1))  # type: ignore[union-attr]
    (only,) = data
    assert [line["reference"] for line in only["lines"]] == list(REFERENCES)
    assert only["lines"][0]["outputs"][1]["text"] == SECOND[0]
    assert only["lines"][2]["outputs"][1]["findings"] == [["empty", "There is no translation."]]


def test_coverage_is_shown_where_the_reference_was_aligned() -> None:
    coverage = Coverage(0.9, 0.1, 0.05, 0.8, {"bleu": 12.3, "chrf": 45.6})
    evaluation = evaluate(
        Corpus("seeds", (REFERENCES,), SOURCES), [System("a", FIRST, coverage=coverage)], resamples=40
    )
    assert "45.6" in render([evaluation])
    assert re.search(r"reference covered +90\.0 %", as_text(evaluation))


def test_axes_end_at_round_numbers() -> None:
    assert [charts.nice(value) for value in (0.07, 3, 37.9, 100, 101)] == [0.08, 4, 40, 100, 200]
    assert charts.ticks(40) == [0, 10, 20, 30, 40]
    assert charts.ticks(100) == [0, 20, 40, 60, 80, 100]


def test_dots_that_stand_close_together_are_told_apart_by_their_axis() -> None:
    assert charts.span([43.0, 60.5]) == [40, 45, 50, 55, 60, 65]
    assert charts.span([50.0]) == [50, 50.25, 50.5]
    drawn = charts.dots([("short", [50.1, 50.6]), ("long", [50.4, 50.5])], "chrF")
    places = [float(x) for x in re.findall(r'cx="([\d.]+)"', drawn)]
    assert places[1] - places[0] > 50


def test_a_word_put_elsewhere_is_not_called_lacking() -> None:
    reference = "Yesterday the minister of trade, Osaka, left the talks early in the day."
    given = "The trade minister Osaka left early in the day the talks on trade, yesterday."
    evaluation = evaluate(Corpus("news", ((reference,),)), [System("a", (given,))], resamples=10)
    errors = evaluation.results[0].errors
    assert errors is not None
    moved = set(errors.missing) & set(errors.extra)
    page = render([evaluation]).partition("lacks most often")[2].partition("</p>")[0]
    assert moved
    assert not [word for word in moved if f">{word} " in page]


@pytest.mark.skipif(not CHROMIUM.is_file(), reason="chromium is not installed (apt-get install chromium)")
def test_a_browser_sorts_filters_and_shows_arabic_from_right_to_left(tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = tmp_path / "report.html"
    path.write_text(render([example()]), encoding="utf-8")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS.split())
        page = browser.new_page()
        faults: list[str] = []
        requests: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("window.hit") is None
        assert page.locator(".lines article").count() == 3
        assert page.locator(".lines [dir=rtl]").first.evaluate("n => getComputedStyle(n).direction") == "rtl"
        page.locator(".order").select_option("worst")
        assert page.locator(".lines article").first.get_attribute("id") == "line-0-3"
        page.get_by_role("button", name=re.compile("^number")).click()
        assert page.locator(".lines article").count() == 1
        page.get_by_role("button", name=re.compile("^number")).click()
        page.locator("input[type=search]").fill("طوكيو")
        assert page.locator(".count").inner_text() == "1 of 3 lines"
        page.locator("circle.dot").first.hover()
        assert page.locator("#tip").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        browser.close()
    assert faults == []
    assert requests == [path.as_uri()]
