"""
Which faults the report names: ten kinds, planted one at a time in real translations of the model.

    python benchmarks/planted_faults.py [SET …] [--show KIND]

SET is what `muwazi eval run` takes (the seeds by default). Each fault is planted in
every line that has room for it. Counted are those that a new finding of the fault's own
kind names, those that only a finding of another kind points at, and the lines that have
a finding of the kind with nothing planted: false alarms, and the model's own faults. A
last column gives the same for the references taken as translations of themselves.
"""

import argparse
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from eval.documents import comparable
from eval.findings import Finding, Kind, Line, findings, sentences
from eval.names import capitalised
from eval.run_cli import default_cache
from eval.runs import Opinion, configurations, translate_set
from eval.testsets import find
from eval.translation import lines_of
from eval.vocabulary import NOT_NAMES
from translate.settings import load_settings

Planter = Callable[[Sequence[Line], random.Random], list[Line] | None]
"""Puts one fault into the first of two neighbours, or says that there is no room."""


@dataclass(frozen=True)
class Fault:
    """What is planted, and the kinds of finding that call it by its name."""

    name: str
    kinds: frozenset[Kind]
    plant: Planter


def one_line(change: Callable[[str, random.Random], str | None]) -> Planter:
    """A fault in one line's translation."""

    def plant(lines: Sequence[Line], chance: random.Random) -> list[Line] | None:
        changed = change(lines[0].hypothesis, chance)
        if not changed or changed == lines[0].hypothesis:
            return None
        return [replace(lines[0], hypothesis=changed), *lines[1:]]

    return plant


def joined(change: Callable[[list[str], random.Random], list[str]]) -> Planter:
    """A fault in a line of two sentences or more, made of two neighbours."""

    def plant(lines: Sequence[Line], chance: random.Random) -> list[Line] | None:
        line = joined_line(lines)
        parts = sentences(line.hypothesis)
        if len(parts) < 2:
            return None
        return [replace(line, hypothesis=" ".join(change(parts, chance)))]

    return plant


def joined_line(lines: Sequence[Line]) -> Line:
    """Two lines as one."""
    source, reference, hypothesis = (
        " ".join(getattr(line, side) for line in lines) for side in ("source", "reference", "hypothesis")
    )
    return Line(source, reference, hypothesis)


def change_number(text: str, chance: random.Random) -> str | None:
    """Another first digit of one number."""
    places = [match.start() for match in re.finditer(r"(?<![\w.,:-])[1-9]", text)]
    if not places:
        return None
    place = chance.choice(places)
    other = chance.choice([digit for digit in "123456789" if digit != text[place]])
    return text[:place] + other + text[place + 1 :]


def lose_quotation_mark(text: str, chance: random.Random) -> str | None:
    """One of the marks goes."""
    marks = [match.start() for match in re.finditer('["“”«»]', text)]
    if not marks or len(marks) % 2:
        return None
    place = chance.choice(marks)
    return text[:place] + text[place + 1 :]


def lose_case(common: Set[str]) -> Planter:
    """One name in small letters."""

    def change(text: str, chance: random.Random) -> str | None:
        names = [word for word in names_in(text, common) if word.lower() != "us"]
        if not names:
            return None
        name = chance.choice(names)
        return re.sub(rf"\b{re.escape(name)}\b", name.lower(), text)

    return one_line(change)


def names_in(text: str, common: Set[str]) -> list[str]:
    """Capitalised words amid sentences that the set nowhere writes small."""
    return [
        word
        for word, first in capitalised(text)
        if not first and len(word) > 1 and not common & set(word.lower().split("-"))
    ]


def lose_all_case(text: str, _chance: random.Random) -> str:
    """Everything in small letters."""
    return text.lower()


NEGATIONS = (
    (r"\bcannot\b", "can"),
    (r"\bwon['’]t\b", "will"),
    (r"\bcan['’]t\b", "can"),
    (r"n['’]t\b", ""),
    (r"\b(do|does|did) not ", ""),
    (r"\bnot ", ""),
    (r"\bno ", "a "),
    (r"\bnever ", "always "),
    (r"\bwithout\b", "with"),
    (r"\b[Nn]obody\b|\b[Nn]o one\b", "everybody"),
    (r"\b[Nn]othing\b", "everything"),
    (r"\bunable\b", "able"),
)


def lose_negation(text: str, chance: random.Random) -> str | None:
    """The opposite is said."""
    ways = [way for way in NEGATIONS if re.search(way[0], text)]
    if not ways:
        return None
    pattern, instead = chance.choice(ways)
    return re.sub(pattern, instead, text, count=1)


OTHER_NAMES = """
Ahmed Fatima Nasser Miller Johnson Garcia Rossi Schmidt Tanaka Nakamura Ivanov Petrova Olsen Dubois Silva
Kowalski Nguyen Brazil Kenya Norway Vietnam Canada Germany China Egypt Mexico Toronto Hamburg Lagos
Nairobi Osaka Helsinki Cairo Lisbon Chicago Madrid
"""


def swap_name(common: Set[str]) -> Planter:
    """A name that the reference has too becomes another."""

    def plant(lines: Sequence[Line], chance: random.Random) -> list[Line] | None:
        line = lines[0]
        wanted = set(names_in(line.reference, common))
        names = [
            word
            for word in names_in(line.hypothesis, common)
            if word in wanted and word.lower() not in NOT_NAMES and len(word) > 2
        ]
        if not names:
            return None
        name = chance.choice(names)
        there = (line.reference + line.hypothesis).lower()
        other = chance.choice([other for other in OTHER_NAMES.split() if other.lower() not in there])
        changed = re.sub(rf"\b{re.escape(name)}\b", other, line.hypothesis)
        return [replace(line, hypothesis=changed), *lines[1:]]

    return plant


def leave_in_arabic(lines: Sequence[Line], _chance: random.Random) -> list[Line]:
    """The whole line."""
    return [replace(lines[0], hypothesis=lines[0].source or ""), *lines[1:]]


def leave_words_in_arabic(lines: Sequence[Line], chance: random.Random) -> list[Line] | None:
    """A few words, in the place of as many."""
    said, written = lines[0].hypothesis.split(), (lines[0].source or "").split()
    if len(said) < 8 or len(written) < 5:
        return None
    start = chance.randrange(len(said) - 3)
    place = chance.randrange(len(written) - 2)
    mixed = [*said[:start], *written[place : place + 2], *said[start + 3 :]]
    return [replace(lines[0], hypothesis=" ".join(mixed)), *lines[1:]]


def drop(lines: Sequence[Line], _chance: random.Random) -> list[Line]:
    """A whole line."""
    return [replace(lines[0], hypothesis=""), *lines[1:]]


def drop_one(parts: list[str], chance: random.Random) -> list[str]:
    """One sentence of a line."""
    place = chance.randrange(len(parts))
    return parts[:place] + parts[place + 1 :]


def double(lines: Sequence[Line], _chance: random.Random) -> list[Line]:
    """The next line's translation is this one's again."""
    return [lines[0], replace(lines[1], hypothesis=lines[0].hypothesis)]


def say_twice(text: str, _chance: random.Random) -> str | None:
    """A sentence twice within a line."""
    parts = sentences(text)
    return " ".join([parts[0], *parts]) if parts and len(parts[0].split()) > 2 else None


def exchange(lines: Sequence[Line], _chance: random.Random) -> list[Line]:
    """Two lines."""
    first, second = lines
    return [replace(first, hypothesis=second.hypothesis), replace(second, hypothesis=first.hypothesis)]


def exchange_within(parts: list[str], chance: random.Random) -> list[str]:
    """Two sentences of a line."""
    place = chance.randrange(len(parts) - 1)
    return [*parts[:place], parts[place + 1], parts[place], *parts[place + 2 :]]


def hallucinate(others: Sequence[str]) -> Planter:
    """A sentence of elsewhere at a line's end."""
    return one_line(lambda text, chance: f"{text} {chance.choice(others)}")


def faults(lines: Sequence[Line]) -> Iterator[Fault]:
    """All kinds; sentences of elsewhere come from the lines."""
    common = {word for line in lines for word in re.findall(r"\b[a-z]+\b", line.reference + line.hypothesis)}
    elsewhere = [line.hypothesis for line in lines if len(line.hypothesis.split()) > 7]
    for name, kinds, plant in (
        ("a number changed", {Kind.NUMBER}, one_line(change_number)),
        ("a name swapped", {Kind.NAME}, swap_name(common)),
        ("a line dropped", {Kind.EMPTY}, drop),
        ("a sentence dropped in a line", {Kind.DROPPED, Kind.SHORT}, joined(drop_one)),
        ("a line doubled", {Kind.DOUBLED}, double),
        ("a sentence doubled in a line", {Kind.REPETITION}, one_line(say_twice)),
        ("a line left in Arabic", {Kind.UNTRANSLATED}, leave_in_arabic),
        ("words left in Arabic", {Kind.ARABIC_LEFT}, leave_words_in_arabic),
        ("two lines exchanged", {Kind.EXCHANGED}, exchange),
        ("two sentences exchanged in a line", {Kind.EXCHANGED}, joined(exchange_within)),
        ("a quotation unclosed", {Kind.QUOTATION}, one_line(lose_quotation_mark)),
        ("a name without its capital", {Kind.CASE}, lose_case(common)),
        ("a line without capitals", {Kind.CASE}, one_line(lose_all_case)),
        ("a negation lost", {Kind.NEGATION}, one_line(lose_negation)),
        ("a sentence hallucinated", {Kind.EXTRA, Kind.LONG}, hallucinate(elsewhere)),
    ):
        yield Fault(name, frozenset(kinds), plant)


@dataclass
class Count:
    """What became of one kind of fault."""

    planted: int = 0
    named: int = 0
    noticed: int = 0


def new_kinds(before: Sequence[Sequence[Finding]], after: Sequence[Sequence[Finding]]) -> set[Kind]:
    """Kinds of the findings that planting has brought."""
    found = {(n, f.kind, f.text) for n, some in enumerate(after) for f in some}
    return {
        kind for _, kind, _ in found - {(n, f.kind, f.text) for n, some in enumerate(before) for f in some}
    }


def neighbours(lines: Sequence[Line], documents: Sequence[str]) -> list[Sequence[Line]]:
    """Each line with the next of its document."""
    return [lines[n : n + 2] for n in range(len(lines) - 1) if documents[n] == documents[n + 1]]


def count(fault: Fault, pairs: Sequence[Sequence[Line]], chance: random.Random, show: bool) -> Count:
    """Plants the fault wherever there is room."""
    found = Count()
    for pair in pairs:
        planted = fault.plant(pair, chance)
        if planted is None:
            continue
        before = findings([joined_line(pair)] if len(planted) == 1 else pair)
        kinds = new_kinds(before, findings(planted))
        found.planted += 1
        found.named += bool(kinds & fault.kinds)
        found.noticed += bool(kinds) and not kinds & fault.kinds
        if show and not kinds & fault.kinds:
            print(f"  reference: {planted[0].reference}\n  planted:   {planted[0].hypothesis}\n")
    return found


def alarms(lines: Sequence[Line], documents: Sequence[str], kinds: frozenset[Kind]) -> int:
    """Lines with a finding of these kinds."""
    return sum(any(f.kind in kinds for f in some) for some in findings(lines, documents))


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Plant faults in translations and count those that are named."
    )
    parser.add_argument("sets", nargs="*", default=["seeds"], metavar="SET")
    parser.add_argument("--cache", type=Path, default=default_cache(os.environ))
    parser.add_argument(
        "--show", metavar="FAULT", default="", help="Print what is not named: 'a name swapped'."
    )
    arguments = parser.parse_args()
    (chosen,) = configurations([load_settings(os.environ, Path("muwazi.toml"))])
    for test in (test for name in arguments.sets for test in find(name)):
        made = translate_set(test, chosen, arguments.cache, lambda _done: None)
        corpus, (system,) = comparable(test, [made], Opinion(chosen))
        lines = lines_of(corpus, system)
        documents = corpus.documents or ("",) * len(lines)
        perfect = [replace(line, hypothesis=line.reference) for line in lines]
        print(f"{test.name}: {len(lines)} lines by {chosen.about}")
        print(f"{'':34}planted  named  otherwise  unplanted  in references")
        chance = random.Random(1)
        for fault in faults(lines):
            show = fault.name == arguments.show
            found = count(fault, neighbours(lines, documents), chance, show)
            print(
                f"{fault.name:34}{found.planted:7}{found.named / max(found.planted, 1):7.0%}"
                f"{found.noticed / max(found.planted, 1):11.0%}"
                f"{alarms(lines, documents, fault.kinds):11}{alarms(perfect, documents, fault.kinds):15}",
                flush=True,
            )


if __name__ == "__main__":
    main()
