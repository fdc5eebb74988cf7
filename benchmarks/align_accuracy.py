"""
Alignment against gold: baselines, ablation and calibration.

    python benchmarks/align_accuracy.py DEV_FOLDER [--model builtin] [--reliability FILE] [--fit FILE]

DEV_FOLDER holds presplit NAME.ar and NAME.en and the ladder NAME.gold. The
weights of each row are learned on the other four fifths of the documents.
--model NAME adds what that model's translations and its second look are worth.
--reliability FILE draws how often beads are right against how sure we were (SVG).
With --fit FILE the weights of modes length and lexical, learned on all
documents, are written as JSON instead, and those of mt where --translations FILE
names a JSON object of NAME → list of translations.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from align.aligner import gather
from align.bead import Bead, from_lines, split_lines
from align.formats.plain import read_ladder
from align.rescoring import SecondLook
from align.search import SIZES, Lattice, Scores
from align.similarity import Evidence
from align.weights import Mode
from align.weights_training import Example, example, fit, scores
from eval.alignment import BeadTallies, compare, interval, total
from translate import load
from translate.text import Article
from translate.translator import MarianTranslator

FOLDS = 5
ABLATIONS: dict[str, Callable[[str], bool]] = {
    "everything": lambda _: True,
    "without length": lambda name: not name.startswith(("length", "null length")),
    "without numbers": lambda name: not name.startswith("figures"),
    "without words and names": lambda name: not name.startswith("content"),
    "without mutual best": lambda name: "mutual" not in name and "elsewhere" not in name,
    "without quotation marks": lambda name: not name.startswith("quotes"),
    "without bead sizes": lambda name: not name.startswith("size"),
    "length alone (mode length)": lambda name: name.startswith(("length", "null length", "size", "quotes")),
}
WITH_MODEL: dict[str, Callable[[str], bool]] = {
    "everything, and translations": lambda _: True,
    "  without words and names": lambda name: not name.startswith("content"),
    "  without words, names, numbers": lambda name: not name.startswith(("content", "figures")),
}
STEPS = 100
SETTLED, RIVAL, SURE = 0.95, 0.01, np.float32(0.4)
LOOKS = [(weight, expected) for weight in (0.0, 0.1, 0.15, 0.2, 0.3) for expected in (0.3, 0.5, 0.7)]


def beads(lattice: Lattice, edge_scores: Scores) -> list[Bead]:
    """The beads of the best path."""
    corridor = lattice.corridor
    found = []
    for node, size in lattice.best_path(edge_scores):
        i, j = int(corridor.rows[node]), int(corridor.columns[node])
        a, b = SIZES[size]
        found.append(Bead(range(i - a, i), range(j - b, j)))
    return found


def diagonal(evidence: Evidence) -> list[Bead]:
    """Sentence n against sentence n, what is left over against nothing."""
    both = min(evidence.sources, evidence.targets)
    return [
        *(Bead(range(n, n + 1), range(n, n + 1)) for n in range(both)),
        *(Bead(range(n, n + 1), range(both, both)) for n in range(both, evidence.sources)),
        *(Bead(range(both, both), range(n, n + 1)) for n in range(both, evidence.targets)),
    ]


def gale_church(one: Example) -> list[Bead]:
    """Gale & Church (1993): −log of the two-sided tail at δ and of the published priors."""
    from math import erfc, log, sqrt

    priors = {(1, 1): 0.89, (1, 0): 0.00495, (0, 1): 0.00495, (1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011}
    result = np.full((len(SIZES), one.lattice.corridor.void), -1e6, np.float32)
    for n, size in enumerate(SIZES):
        if size in priors:
            # The feature holds |δ| / 4, capped; a null costs what δ = 3 does.
            delta = one.features["length δ"][n] * 4 if all(size) else np.full(result.shape[1], 3.0)
            result[n] = [log(max(erfc(d / sqrt(2)), 1e-12)) + log(priors[size]) for d in delta]
    return beads(one.lattice, result)


def plain_lexical(one: Example) -> list[Bead]:
    """The plain design, the lexicon for MT: cosine · log2(1 + min/max length), skip −.03."""
    result = np.full((len(SIZES), one.lattice.corridor.void), -1e6, np.float32)
    for n, (a, b) in enumerate(SIZES):
        if a and b:
            result[n] = one.features["content cosine"][n] * np.log2(
                1 + np.exp(-one.features["length ratio"][n])
            )
        else:
            result[n] = -0.03
    return beads(one.lattice, result)


def bleualign_like(one: Example) -> list[Bead]:
    """Bleualign's way: monotone anchors by likeness, to which gaps are joined where that helps."""
    result = np.full((len(SIZES), one.lattice.corridor.void), -1e6, np.float32)
    for n, size in enumerate(SIZES):
        if size == (1, 1):
            result[n] = one.features["content cosine"][n]
        elif not all(size):
            result[n] = 0.0
        elif 1 in size:
            result[n] = one.features["content cosine"][n] * 1.02
    return beads(one.lattice, result)


def show(name: str, documents: Sequence[BeadTallies]) -> None:
    whole = total(documents)
    low, high = interval([document.strict for document in documents])
    print(
        f"{name:32}{whole.strict.precision:6.3f}{whole.strict.recall:7.3f}{whole.strict.f1:7.3f}  "
        f"{low:.3f}–{high:.3f}{whole.lax.f1:7.3f}{whole.nulls.precision:7.3f}{whole.nulls.recall:7.3f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="DEV_FOLDER", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--reliability", metavar="FILE", type=Path)
    parser.add_argument("--fit", metavar="FILE", type=Path)
    parser.add_argument("--translations", metavar="FILE", type=Path)
    options = parser.parse_args()
    golds = sorted(options.folder.glob("*.gold"))
    if not golds:
        parser.error(f"{options.folder} holds no NAME.gold")
    translations = json.loads(options.translations.read_text()) if options.translations else {}
    articles, gold = [], []
    for path in golds:
        source, target = (
            from_lines(split_lines(path.with_suffix(f".{language}").read_text()), language=language)
            for language in ("ar", "en")
        )
        articles.append((source, target))
        gold.append(read_ladder(path.read_text()))
    translator = load(options.model, beam=1) if options.model else None
    if translator and not translations:
        for path, (source, _) in zip(golds, articles, strict=True):
            sentences = [segment.text for segment in source.segments]
            translations[path.stem] = [made.text for made in translator.translate(sentences)]
    evidence = []
    for path, (source, target) in zip(golds, articles, strict=True):
        made = translations.get(path.stem)
        evidence.append(gather(source, target, Mode.MT if made else Mode.LEXICAL, made))
    examples = [example(one, wanted) for one, wanted in zip(evidence, gold, strict=True)]
    names = sorted({name for one in examples for name in one.features if not name.startswith("furniture")})
    without = [name for name in names if not name.startswith("translation")]
    if options.fit:
        subsets = {"length": ABLATIONS["length alone (mode length)"]}
        subsets["lexical"] = lambda name: not name.startswith("translation")
        if translations:
            subsets["mt"] = lambda _: True
        fitted = {mode: fit(examples, [n for n in names if keep(n)]) for mode, keep in subsets.items()}
        options.fit.write_text(json.dumps(fitted, ensure_ascii=False, indent=1))
        return
    print(f"{'':32}{'P':>6}{'R':>7}{'F1':>7}  {'95 %':11}{'lax':>7}{'null P':>7}{'null R':>7}")
    show("diagonal", [compare(g, diagonal(e)) for g, e in zip(gold, evidence, strict=True)])
    for name, baseline in (
        ("Gale–Church", gale_church),
        ("Bleualign-style, lexicon", bleualign_like),
        ("plain lexical programme", plain_lexical),
    ):
        show(name, [compare(g, baseline(one)) for g, one in zip(gold, examples, strict=True)])
    rows = [(name, [n for n in without if keep(n)]) for name, keep in ABLATIONS.items()]
    rows += [(name, [n for n in names if keep(n)]) for name, keep in WITH_MODEL.items() if translations]
    for name, kept in rows:
        edges = cross_validated(examples, kept, steps=STEPS)
        show(name, scored(examples, gold, edges))
        if name.startswith("everything"):
            if translator:
                looked = second_look(examples, gold, articles, edges, translator)
                show("  and a second look", scored(examples, gold, looked))
                edges = looked
            if options.reliability:
                diagram = reliability_diagram(confidences(examples, gold, edges))
                options.reliability.write_text(diagram, encoding="utf-8")


def cross_validated(examples: Sequence[Example], names: Sequence[str], *, steps: int) -> list[Scores]:
    """Each document's edge scores under weights learned on the other folds."""
    learned = [
        fit([one for n, one in enumerate(examples) if n % FOLDS != fold], names, steps=steps)
        for fold in range(FOLDS)
    ]
    return [scores(one, learned[n % FOLDS]) for n, one in enumerate(examples)]


def scored(
    examples: Sequence[Example], gold: Sequence[Sequence[Bead]], edges: Sequence[Scores]
) -> list[BeadTallies]:
    return [
        compare(wanted, beads(one.lattice, one.lattice.posteriors(edge_scores) - SURE))
        for one, wanted, edge_scores in zip(examples, gold, edges, strict=True)
    ]


def second_look(
    examples: Sequence[Example],
    gold: Sequence[Sequence[Bead]],
    articles: Sequence[tuple[Article, Article]],
    edges: Sequence[Scores],
    translator: MarianTranslator,
) -> list[Scores]:
    """Scores after the model's look, each fold with the weight and expectation best on the others."""
    begun, asked = time.process_time(), 0
    opinions = []
    for one, article, edge_scores in zip(examples, articles, edges, strict=True):
        look = SecondLook(translator, *article)
        opinions.append(opinion(one, edge_scores, look))
        asked += look.asked
    cost = time.process_time() - begun
    sentences = sum(len(source.segments) for source, _ in articles)
    print(
        f"    {asked} pairs read for {sentences} sentences, {cost / max(asked, 1) * 1000:.1f} ms of CPU each"
    )
    made = [
        [
            edge_scores + weight * (explained - expected * pieces) + held
            for edge_scores, (explained, pieces, held) in zip(edges, opinions, strict=True)
        ]
        for weight, expected in LOOKS
    ]
    tallies = [scored(examples, gold, one) for one in made]

    def worth(choice: int, fold: int) -> float:
        return total(one for n, one in enumerate(tallies[choice]) if n % FOLDS != fold).strict.f1

    best = [max(range(len(LOOKS)), key=lambda choice: worth(choice, fold)) for fold in range(FOLDS)]
    print("    weight, expected of each fold:", *(LOOKS[choice] for choice in best))
    for (weight, expected), tally in zip(LOOKS, tallies, strict=True):
        if weight:
            print(f"    {weight:.2f} {expected:.1f} {total(tally).strict.f1:.3f}")
    return [made[best[n % FOLDS]][n] for n in range(len(examples))]


def opinion(one: Example, edge_scores: Scores, look: SecondLook) -> tuple[Scores, Scores, Scores]:
    """Nats explained and pieces of the edges in doubt (0 elsewhere), and what holds the settled ones."""
    corridor = one.lattice.corridor
    probability = one.lattice.posteriors(edge_scores)
    settled = probability >= SETTLED
    taken: tuple[set[int], set[int]] = (set(), set())
    places = []
    for size, node in np.argwhere(probability >= RIVAL).tolist():
        (a, b), i, j = SIZES[size], int(corridor.rows[node]), int(corridor.columns[node])
        if settled[size, node]:
            taken[0].update(range(i - a, i))
            taken[1].update(range(j - b, j))
        elif a and b:
            places.append(((size, node), range(i - a, i), range(j - b, j)))
    places = [
        place
        for place in places
        if not taken[0].intersection(place[1]) and not taken[1].intersection(place[2])
    ]
    explained, pieces = np.zeros_like(edge_scores), np.zeros_like(edge_scores)
    answers = look.explained([(source, target) for _, source, target in places]) if places else []
    for (edge, _, _), answer in zip(places, answers, strict=True):
        explained[edge], pieces[edge] = answer or (0.0, 0)
    return explained, pieces, settled.astype(np.float32) * np.float32(50)


def confidences(
    examples: Sequence[Example], gold: Sequence[Sequence[Bead]], edges: Sequence[Scores]
) -> list[tuple[float, bool]]:
    """Of every bead of the best paths: how sure, and whether it is exactly right."""
    found = []
    for one, wanted, edge_scores in zip(examples, gold, edges, strict=True):
        keys = {(bead.source, bead.target) for bead in wanted}
        probability = one.lattice.posteriors(edge_scores)
        chosen = one.lattice.best_path(probability - SURE)
        for bead, (node, size) in zip(beads(one.lattice, probability - SURE), chosen, strict=True):
            found.append((float(probability[size, node]), (bead.source, bead.target) in keys))
    return found


def reliability_diagram(sure: Sequence[tuple[float, bool]]) -> str:
    """
    An SVG: beads in bands of confidence, how many of each are right; on the diagonal is as sure as right.

    Dots grow with the beads they stand for; below is the expected calibration error.
    """
    bounds = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01)
    dots, error = [], 0.0
    for low, high in pairwise(bounds):
        inside = [(p, right) for p, right in sure if low <= p < high]
        if inside:
            p, right = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            error += abs(p - right) * len(inside) / len(sure)
            x, y, radius = 60 + 400 * p, 440 - 400 * right, 2 + len(inside) ** 0.5 / 2
            dots.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#2a6f97" fill-opacity="0.75">'
                f"<title>{len(inside)} beads, {p:.3f} sure, {right:.3f} right</title></circle>"
            )
            print(f"    {low:.2f}–{min(high, 1):.2f}: {len(inside):4} beads, {p:.3f} sure, {right:.3f} right")
    print(f"    expected calibration error {error:.3f}")
    ticks = "".join(
        f'<text x="{60 + 400 * n / 5}" y="462" text-anchor="middle">{n / 5:.1f}</text>'
        f'<text x="50" y="{445 - 400 * n / 5}" text-anchor="end">{n / 5:.1f}</text>'
        for n in range(6)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 510" font-family="sans-serif">'
        "<title>How often beads are right against how sure the aligner was</title>"
        '<rect width="480" height="510" fill="white"/>'
        '<rect x="60" y="40" width="400" height="400" fill="none" stroke="#888"/>'
        '<line x1="60" y1="440" x2="460" y2="40" stroke="#888" stroke-dasharray="5 5"/>'
        f'{ticks}<text x="260" y="488" text-anchor="middle">confidence</text>'
        '<text x="16" y="240" text-anchor="middle" transform="rotate(-90 16 240)">share right</text>'
        f'<text x="260" y="26" text-anchor="middle">{len(sure)} beads, calibration error {error:.3f}</text>'
        f"{''.join(dots)}</svg>\n"
    )


if __name__ == "__main__":
    main()
