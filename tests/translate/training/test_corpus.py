"""Cleaning and mixing parallel text: what each rule takes out, and what it must leave in."""

import gzip
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from translate.errors import BadInput, MuwaziError
from translate.normalize import Normalization
from translate.training import mixing, parallel
from translate.training.corpus import Cleaner, Pair, Report, drop_misaligned
from translate.training.corpus_cli import corpus
from translate.training.duplicates import Neighbours
from translate.training.grammar import generate
from translate.training.misaligned import cross_scores, stems, strangers
from translate.training.noise import add_noise
from translate.training.parallel import Row

WHO = {"الوزير": "the minister", "الرئيس": "the president", "السفير": "the ambassador", "القائد": "the commander",
       "المدير": "the director", "الطبيب": "the doctor", "المعلم": "the teacher", "الشرطي": "the officer"}  # fmt: skip
DID = {
    "زار": "visited",
    "غادر": "left",
    "رأى": "saw",
    "دخل": "entered",
    "وصف": "described",
    "ذكر": "mentioned",
}
WHAT = {"المدينة": "the city", "القرية": "the village", "المدرسة": "the school", "السوق": "the market",
        "الميناء": "the port", "القصر": "the palace", "المتحف": "the museum", "المصنع": "the factory"}  # fmt: skip
WHEN = {"أمس": "yesterday", "صباحا": "in the morning", "مساء": "in the evening", "الجمعة": "on Friday",
        "السبت": "on Saturday", "مجددا": "again"}  # fmt: skip
PAIRS = [
    Pair(f"{did} {who} {what} {when}.", f"{WHO[who]} {DID[did]} {WHAT[what]} {WHEN[when]}.".capitalize())
    for who in WHO
    for did in DID
    for what in WHAT
    for when in WHEN
]


def rows(*lines: str) -> list[Row]:
    return [Row(number, *line.split("\t")) for number, line in enumerate(lines, 1)]


def rules(*lines: str, held_out: tuple[str, ...] = (), **options: object) -> dict[str, int]:
    """What was dropped, with a good pair added so that something is left."""
    cleaner = Cleaner(Normalization(), held_out, **options)  # type: ignore[arg-type]
    good = "هذه جملة سليمة لا عيب فيها.\tThis is a sound sentence with no fault."
    return dict(cleaner.clean(rows(good, *lines))[1].dropped)


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("script", "no arabic here\tno arabic here"),
        ("script", "زار الوزير\tThe minister الوزير"),
        ("language", "این یک جملهٔ فارسی است که گرچه می‌گویند چنین نیست\tThis is said to be Persian."),
        ("language", "أعلن الوزير أن الحكومة ستدرس الأمر في الأيام المقبلة\t"
                     "Le ministre a annoncé que le gouvernement va étudier la question dans les jours"),
        ("boilerplate", "جميع الحقوق محفوظة لموقع الخبر\tAll rights reserved to the news site"),
        ("boilerplate", "الشيفرة {x} هي <b>هذه</b>\tThe code {x} is <b>this</b> {y}"),
        ("empty", "\tThe source is missing"),
        ("empty", "ـ\tOnly a tatweel"),
        ("ratio", "واحد اثنان ثلاثة أربعة خمسة ستة سبعة\tone"),
        ("ratio", "نعم\tA translation that says far more than that"),
        ("numbers", "في الأعوام 2001 و2002 و2003\tIn those three years"),
        ("long", " ".join(["كلمة"] * 91) + "\t" + " ".join(["word"] * 91)),
        ("long", "زار الوزير المدينة أمس\tThe minister visited " + "aB3x" * 10_000),
        ("duplicate", "هذه جملة سليمة لا عيب فيها!\tThis is a sound sentence, with NO fault"),
    ],
)  # fmt: skip
def test_each_rule_takes_out_what_it_is_for(rule: str, line: str) -> None:
    assert rules(line) == {rule: 1}


@pytest.mark.parametrize(
    "line",
    [
        "قال وزير الخارجية الإيراني عباس عراقجي إن چابهار ميناء مهم\tAbbas Araghchi said Chabahar is an important port",
        "وصف فيلم «لا دولتشي فيتا» بأنه تحفة\tHe called the film La dolce vita by di Fellini a masterpiece of the cinema",
        "راجع السياسة على الموقع www.un.org لمعرفة موعد الجلسة المقبلة\tSee www.un.org for the date of the next session",
        "بلغ العدد ٢٥ من ٣٠ في ٢٠٢٣\tThe number reached 25 out of 30 in 2023",
        "بلغ العدد خمسة وعشرين من ثلاثين في عام ألفين\tThe number reached 25 of 30 in 2000",
        "ورد ذلك في الوثيقتين S/PRST/2002/12 وS/PRST/2002/13\tThis is in S/PRST/2002/12 and S/PRST/2002/13",
        "نعم\tYes",
    ],
)
def test_what_only_looks_odd_is_kept(line: str) -> None:
    assert rules(line) == {}


def test_development_sentences_are_kept_out_whole_and_in_long_pieces() -> None:
    held_out = ("The committee will meet again on the first Monday of next month in Geneva.",)
    assert rules(
        "ستجتمع اللجنة مجددا في أول اثنين من الشهر المقبل في جنيف\t"
        "the Committee will meet again on the first Monday of next month in Geneva",
        "وقال إن اللجنة ستجتمع مجددا في أول اثنين من الشهر، كما ذكر المتحدث\t"
        "He said that the committee will meet again on the first Monday, the spokesman mentioned",
        "ستجتمع اللجنة في جنيف\tThe committee will meet in Geneva",
        held_out=held_out,
    ) == {"held out": 2}  # fmt: skip


def test_one_side_may_recur_only_so_often() -> None:
    lines = [f"الجملة رقم {word}\tPage content" for word in ("أول", "ثان", "ثالث", "رابع")]
    assert rules(*lines, repeats=2) == {"copied target": 2}
    lines = [f"محتوى الصفحة\tContent {word}" for word in ("one", "two", "three")]
    assert rules(*lines, repeats=2) == {"copied source": 1}
    assert rules(*lines) == {}


def test_near_duplicates_differ_by_a_word_or_a_number() -> None:
    first = "أعلن وزير الدفاع أمس أن القوات ستبقى في المنطقة حتى نهاية العام المقبل لحماية الحدود الشرقية"
    english = (
        "The minister of defence announced yesterday that the forces will stay until the end of next year"
    )
    lines = [
        f"{first}\t{english}",
        f"{first} 2024\t{english} in 2024 then",
        f"{first.replace('أمس', 'اليوم')}\t{english.replace('yesterday', 'today')}",
        "أعلن وزير الخارجية أن المحادثات ستبدأ في المنطقة قبل نهاية العام\tThe foreign minister announced that talks "
        "will start before the end of the year",
    ]
    assert rules(*lines, near_duplicates=True) == {"near-duplicate": 2}
    assert rules(*lines) == {}


def test_short_texts_and_strangers_are_no_neighbours() -> None:
    near = Neighbours()
    assert not near.again("قال الوزير نعم")
    assert not near.again("قال الوزير نعم")
    texts = [
        pair.source + " " + other.source for pair, other in zip(PAIRS[::97], PAIRS[50::97], strict=False)
    ]
    told = [near.again(text) for text in texts]
    again = [near.again(text) for text in texts]
    assert all(again)
    assert sum(told) < len(texts) / 2


def test_a_template_is_seen_once_in_sources_that_repeat_them() -> None:
    lines = rows(
        *(
            f"انقر على {name} لفتح الصفحة المطلوبة\tSelect {name} to open the page"
            for name in ("Excel", "Word")
        )
    )
    _, report = Cleaner(Normalization()).clean(lines, templated=True)
    assert dict(report.dropped) == {"near-duplicate": 1}


def test_words_are_cut_to_their_stems() -> None:
    assert stems("وبالحكومة والمدرسة", arabic=True) == ["حكوم", "مدرس"]
    assert stems("Governments met.", arabic=False) == ["gover", "met"]


def test_strangers_are_told_from_translations() -> None:
    chance = random.Random(3)
    wrong = chance.sample(range(len(PAIRS)), 120)
    pairs = list(PAIRS)
    for index in wrong:
        other = chance.choice(
            [p for p in PAIRS if len(set(p.target.split()) & set(PAIRS[index].target.split())) <= 2]
        )
        pairs[index] = Pair(pairs[index].source, other.target)
    scores, threshold = cross_scores([p.source for p in pairs], [p.target for p in pairs])
    told = {i for i, score in enumerate(scores) if score < threshold}
    assert len(told & set(wrong)) > 100
    assert len(told - set(wrong)) < 25


def test_a_misaligned_pair_is_no_witness_for_itself() -> None:
    """Names and rare words make each sentence its own, and whoever learns from a pair remembers it."""
    pairs = list(generate(3_000, seed=3))
    wrong = range(0, len(pairs), 10)
    mixed = list(pairs)
    for place in wrong:
        mixed[place] = Pair(pairs[place].source, pairs[(place + 10) % len(pairs)].target)
    (kept,), _ = drop_misaligned([mixed], [Report()])
    lost = set(mixed) - set(kept)
    assert len(lost & {mixed[place] for place in wrong}) > len(wrong) / 2
    assert len(lost - {mixed[place] for place in wrong}) < len(pairs) / 100


def test_strangers_are_of_every_length_and_of_like_length() -> None:
    lengths = [1 + place % 50 for place in range(20_000)]
    left, right = strangers(
        ["كلمة " * length for length in lengths], ["word " * length for length in lengths]
    )
    counts = [len(text.split()) for text in left]
    assert len(left) == len(right) <= 8_000
    assert {counts.count(length) for length in range(1, 51)} <= {133, 134}
    assert sum(len(text.split()) != count for text, count in zip(right, counts, strict=True)) < len(left) / 10


def test_where_every_pair_is_too_short_to_tell_none_is_misaligned() -> None:
    scores, threshold = cross_scores(["نعم"] * 2_000, ["yes"] * 2_000)
    assert not (scores < threshold).any()


def test_misaligned_pairs_are_counted_per_source_and_few_pairs_are_left_alone() -> None:
    cleaner = Cleaner(Normalization())
    lines = [Row(n, p.source, p.target) for n, p in enumerate(PAIRS, 1)]
    shifted = [
        Row(n, p.source, PAIRS[(n * 601 + 300) % len(PAIRS)].target) for n, p in enumerate(PAIRS[:60], 1)
    ]
    good, bad = cleaner.clean(lines), cleaner.clean(shifted)
    kept, note = drop_misaligned([good[0], bad[0]], [good[1], bad[1]])
    assert good[1].dropped["misaligned"] < len(PAIRS) / 20
    assert bad[1].dropped["misaligned"] > len(bad[0]) / 2
    assert [len(pairs) for pairs in kept] == [good[1].kept, bad[1].kept]
    assert "nats a word" in note
    few, note = drop_misaligned([bad[0]], [bad[1]])
    assert few == [bad[0]]
    assert "Too few pairs" in note


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the source is empty"),
        ("زار الوزير المدينة\t\nوصل الرئيس\t\n", r"all 2 rows have text on the Arabic side only"),
        ("\tEnglish\n", "on the English side only"),
        ("بلا ترجمة\n", r"unreadable lines: 1 \(1 field, expected 2\)"),
        ("English only\tEnglish only\n", "No usable pair: 0 of 1"),
    ],
)
def test_a_corpus_without_a_usable_pair_is_an_error(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.tsv").write_text(content, "utf-8")
    with pytest.raises(BadInput, match=message):
        Cleaner(Normalization()).clean(parallel.read(tmp_path / "x.tsv"))


def test_unreadable_rows_are_counted_by_line_and_do_not_end_the_reading(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_bytes(
        "\ufeffزار الوزير\tThe minister visited\n".encode()
        + b"\xff\xfe\n"
        + "واحد\tone\ttwo\n".encode()
        + b"a\0b\tc\n"
        + "غادر الوزير\tThe minister left\r\n".encode()
    )
    pairs, report = Cleaner(Normalization()).clean(parallel.read(tmp_path / "x.tsv"))
    assert pairs == [Pair("زار الوزير", "The minister visited"), Pair("غادر الوزير", "The minister left")]
    assert [line for line, _ in report.unreadable] == [2, 3, 4]
    assert "2 (no UTF-8 at byte 0 of the line), 3 (3 fields, expected 2)" in str(report)


def test_a_broken_gzip_is_named_with_the_last_good_line(tmp_path: Path) -> None:
    (tmp_path / "x.tsv.gz").write_bytes(b"this is no gzip")
    with pytest.raises(BadInput, match="cannot be read after line 0"):
        list(parallel.read(tmp_path / "x.tsv.gz"))
    whole = gzip.compress("".join(f"{p.source}\t{p.target}\n" for p in PAIRS).encode())
    (tmp_path / "x.tsv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"cannot be read after line [1-9]"):
        list(parallel.read(tmp_path / "x.tsv.gz"))
    with pytest.raises(BadInput, match=r"no file .*absent\.tsv"):
        list(parallel.read(tmp_path / "absent.tsv"))


def test_a_gzip_damaged_in_the_middle_is_named_too(tmp_path: Path) -> None:
    units = [
        f'<tu><tuv xml:lang="ar"><seg>{p.source}</seg></tuv><tuv xml:lang="en"><seg>{p.target}</seg></tuv></tu>'
        for p in PAIRS
    ]
    tmx = f"<tmx><body>{''.join(units)}</body></tmx>"
    tsv = "".join(f"{p.source}\t{p.target}\n" for p in PAIRS)
    for name, text in (("x.tsv.gz", tsv), ("x.tmx.gz", tmx)):
        good, rest = text.encode()[:50_000], text.encode()[50_000:]
        damaged = gzip.compress(rest)[:10] + b"\xff" * 100  # A header, and no block of deflate.
        (tmp_path / name).write_bytes(gzip.compress(good) + damaged)
        with pytest.raises(BadInput, match=rf"{name} cannot be read after line \d+: Error -3"):
            list(parallel.read(tmp_path / name))


TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header srclang="ar" segtype="sentence" o-tmf="x" adminlang="en" datatype="plaintext"
 creationtool="x" creationtoolversion="1"/><body>
<tu><tuv xml:lang="ar-EG"><seg>زار <bpt i="1"/>الوزير<ept i="1"/> المدينة.</seg></tuv>
<tuv xml:lang="EN"><seg>The minister visited the city.</seg></tuv></tu>
<tu><tuv xml:lang="ar"><seg>بلا ترجمة</seg></tuv></tu>
</body></tmx>"""


def test_tmx_gives_its_arabic_and_english(tmp_path: Path) -> None:
    (tmp_path / "x.tmx").write_text(TMX, "utf-8")
    (tmp_path / "y.tmx.gz").write_bytes(gzip.compress(TMX.encode()))
    for name in ("x.tmx", "y.tmx.gz"):
        found = [(row.source, row.target) for row in parallel.read(tmp_path / name)]
        assert found == [("زار الوزير المدينة.", "The minister visited the city."), ("بلا ترجمة", "")]
    (tmp_path / "z.tmx").write_text(TMX[:300], "utf-8")
    with pytest.raises(BadInput, match="no TMX that can be read"):
        list(parallel.read(tmp_path / "z.tmx"))


INLINE = """<tmx version="1.4"><header/><body>
<tu><tuv xml:lang="ar"><seg><bpt i="1">&lt;b&gt;</bpt>زار <hi>الوزير</hi><ept i="1">&lt;/b&gt;</ept> المدينة.</seg></tuv>
<tuv xml:lang="en"><seg><bpt i="1">&lt;b&gt;</bpt>The <hi>minister</hi><ept i="1">&lt;/b&gt;</ept> visited the city.</seg></tuv></tu>
<tu><tuv xml:lang="ar"><seg>وصل<it pos="begin">{1}</it> السفير<ph>&lt;br/&gt;</ph><ph>{2}</ph>أمس<ut>\\par</ut>.</seg></tuv>
<tuv xml:lang="en"><seg>The <!-- sic --><ph>&lt;a title="<sub>His Excellency</sub>"&gt;</ph>
ambassador<ph>&lt;br/&gt;</ph>arrived<ph>{0}</ph>.</seg></tuv></tu>
</body></tmx>"""


def test_the_inline_codes_of_a_tmx_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.tmx").write_text(INLINE, "utf-8")
    pairs, report = Cleaner(Normalization()).clean(parallel.read(tmp_path / "x.tmx"))
    assert pairs == [
        Pair("زار الوزير المدينة.", "The minister visited the city."),
        Pair("وصل السفير أمس.", "The His Excellency ambassador arrived."),
    ], report


def test_a_hostile_tmx_reads_no_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("TOP SECRET", "utf-8")
    evil = TMX.replace(
        "<tmx version", f'<!DOCTYPE tmx [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><tmx version'
    )
    (tmp_path / "x.tmx").write_text(evil.replace("بلا ترجمة", "&e;"), "utf-8")
    try:
        read = list(parallel.read(tmp_path / "x.tmx"))
    except BadInput:
        read = []
    assert "SECRET" not in str(read)


def test_moses_pairs_go_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "news.ar").write_text("زار\nغادر\n", "utf-8")
    (tmp_path / "news.en").write_text("visited\nleft\n", "utf-8")
    for name in ("news", "news.ar"):
        assert [(r.line, r.source, r.target) for r in parallel.read(tmp_path / name)] == [
            (1, "زار", "visited"), (2, "غادر", "left"),
        ]  # fmt: skip
    assert parallel.find(tmp_path, "news") == tmp_path / "news.ar"
    (tmp_path / "news.en").write_text("visited\n", "utf-8")
    with pytest.raises(BadInput, match=r"has 2 lines and news\.en 1: line 2 has no partner"):
        list(parallel.read(tmp_path / "news"))
    (tmp_path / "news.en").unlink()
    with pytest.raises(BadInput, match=r"has no news\.en beside it"):
        list(parallel.read(tmp_path / "news"))
    with pytest.raises(BadInput, match=r"has no other\.tsv"):
        parallel.find(tmp_path, "other")


def test_noise_changes_the_writing_and_keeps_the_letters_that_matter() -> None:
    text = 'قال الوزير الأول، أمس: "إن المدينة على الطريق". وأضاف أن القضية، كما ترى، انتهت.'
    made = {add_noise(text, random.Random(seed)) for seed in range(200)}
    every = " ".join(made)
    for sign in ("«", "“", "ـ", " ،", 'الطريق".و', "المدينه", "الاول", "علي الطريق", "،كما"):
        assert sign in every, sign
    assert len(made) > 60
    letters = str.maketrans("أإآةى", "اااهي", "ـ«»“”„‹›'\" ،.:")
    assert {variant.translate(letters) for variant in made} == {text.translate(letters)}
    assert add_noise("نعم", random.Random(1)) in {"نعم", "نـعم", "نعـم", "نـعـم", "نــعم", "نعــم"}


def test_joined_pairs_are_whole_sentences_of_both_sides() -> None:
    pairs = [*PAIRS[:50], Pair("بلا نقطة", "no stop")]
    made = mixing.joined(pairs, 0.5, random.Random(1), longest=20)
    assert len(made) == 26 - len(made) % 1
    for pair in made:
        count = pair.source.count(".")
        assert 2 <= count == pair.target.count(".") <= 3
        assert len(pair.target.split()) <= 20
    assert mixing.joined(pairs[-1:], 1.0, random.Random(1)) == []


def test_no_sentence_is_joined_to_itself() -> None:
    for pair in mixing.joined(mixing.weigh(PAIRS[:20], 3, random.Random(1)), 2, random.Random(1)):
        sentences = pair.source.rstrip(".").split(". ")
        assert len(set(sentences)) == len(sentences) > 1


def test_weights_repeat_and_sample() -> None:
    assert len(mixing.weigh(PAIRS[:100], 2.5, random.Random(1))) in range(230, 271)
    assert mixing.weigh(PAIRS[:10], 2, random.Random(1))[:3] == [PAIRS[0], PAIRS[0], PAIRS[1]]
    assert len(mixing.weigh(PAIRS[:1000], 0.1, random.Random(1))) in range(70, 131)


def test_the_command_mixes_and_reports(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        "".join(f"{p.source}\t{p.target}\n" for p in PAIRS) + "unreadable\n", "utf-8"
    )
    (tmp_path / "b.tmx").write_text(TMX, "utf-8")
    (tmp_path / "dev.ar").write_text(PAIRS[0].source + "\n", "utf-8")
    (tmp_path / "dev.en").write_text(PAIRS[0].target + "\n", "utf-8")
    arguments = [f"{tmp_path / 'a.tsv'}=0.5", f"{tmp_path / 'b.tmx'}=3", "--dev", str(tmp_path / "dev"),
                 "--join", "0.1", "--noise", "0.2", "--grammar", "20", "--near-duplicates", "keep"]  # fmt: skip
    for name in ("one.tsv.gz", "two.tsv.gz"):
        done = CliRunner().invoke(corpus, [*arguments, "-o", str(tmp_path / name)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    assert (tmp_path / "one.tsv.gz").read_bytes() == (tmp_path / "two.tsv.gz").read_bytes()
    lines = gzip.decompress((tmp_path / "one.tsv.gz").read_bytes()).decode().splitlines()
    report = json.loads((tmp_path / "one.report.json").read_text("utf-8"))
    assert report["pairs"] == len(lines)
    assert all(line.count("\t") == 1 for line in lines)
    assert f"{PAIRS[0].source}\t{PAIRS[0].target}" not in lines
    assert report["sources"]["a"]["unreadable"] == [[len(PAIRS) + 1, "1 field, expected 2"]]
    assert report["sources"]["a"]["dropped"]["held out"] >= 1
    assert report["sources"]["b"]["mixed"] == 3
    assert report["added"]["grammar"] == 20
    assert report["added"]["joined"] > 50
    assert report["added"]["noisy"] > 50


def test_weights_join_no_sentence_to_itself_and_add_their_share(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("".join(f"{p.source}\t{p.target}\n" for p in PAIRS[:200]), "utf-8")
    arguments = [f"{tmp_path / 'a.tsv'}=3", "--join", "0.5", "--in-order", "--near-duplicates", "keep"]
    done = CliRunner().invoke(corpus, [*arguments, "-o", str(tmp_path / "o.tsv")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    sources = [line.split("\t")[0] for line in (tmp_path / "o.tsv").read_text("utf-8").splitlines()]
    long = [source.rstrip(".").split(". ") for source in sources[600:]]
    assert len(long) == json.loads((tmp_path / "o.report.json").read_text("utf-8"))["added"]["joined"] == 300
    assert all(len(set(sentences)) == len(sentences) > 1 for sentences in long)
    places = {p.source.rstrip("."): place for place, p in enumerate(PAIRS)}
    neighbours = sum(places[s[1]] == places[s[0]] + 1 for s in long)
    assert 100 < neighbours < 200


def test_sources_of_one_name_are_reported_by_their_paths(tmp_path: Path) -> None:
    for folder, pairs in (("a", PAIRS[:30]), ("b", PAIRS[30:50])):
        (tmp_path / folder).mkdir()
        for end, lines in (("ar", [p.source for p in pairs]), ("en", [p.target for p in pairs])):
            (tmp_path / folder / f"ar-en.{end}").write_text("".join(f"{x}\n" for x in lines), "utf-8")
    (tmp_path / "news.tsv").write_text(f"{PAIRS[-1].source}\t{PAIRS[-1].target}\n", "utf-8")
    paths = [str(tmp_path / name) for name in ("a/ar-en", "b/ar-en", "news.tsv")]
    arguments = [*paths, "--near-duplicates", "keep", "-o", str(tmp_path / "m.tsv")]
    done = CliRunner().invoke(corpus, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "m.report.json").read_text("utf-8"))
    assert {name: source["mixed"] for name, source in report["sources"].items()} == {
        paths[0]: 30, paths[1]: 20, "news": 1,
    }  # fmt: skip
    assert f"{paths[1]}: 20 of 20 pairs kept" in done.output


def test_a_report_is_written_to_a_new_folder_or_the_reason_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(f"{PAIRS[0].source}\t{PAIRS[0].target}\n", "utf-8")
    arguments = [str(tmp_path / "a.tsv"), "-o", str(tmp_path / "o.tsv"), "--report"]
    report = tmp_path / "new" / "r.json"
    done = CliRunner().invoke(corpus, [*arguments, str(report)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert json.loads(report.read_text("utf-8"))["pairs"] == 1
    done = CliRunner().invoke(corpus, [*arguments, str(tmp_path / "a.tsv" / "r.json")])
    assert isinstance(done.exception, MuwaziError)
    assert "r.json cannot be written" in str(done.exception)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.tsv"
    mixing.write(PAIRS[:2], path)
    before = path.read_text("utf-8")
    (tmp_path / ".out.tsv.part").symlink_to("/dev/full")
    with pytest.raises(MuwaziError, match=r"out\.tsv cannot be written: No space left"):
        mixing.write(PAIRS, path)
    assert path.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give files of parallel text"),
        (["x.tsv=0"], "a weight is above 0"),
        (["x.tsv"], "There is no file x.tsv"),
    ],
)
def test_wrong_arguments_say_so(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(corpus, [*arguments, "-o", str(tmp_path / "o.tsv")])
    assert done.exit_code != 0
    assert message in (done.output + str(done.exception))
