"""From a folder of parallel text and a recipe to a trained model folder: every step in order."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import sentencepiece
import torch

from translate.errors import BadInput
from translate.normalize import Normalization
from translate.training.corpus import TARGET_NORMALIZATION, Cleaner, Pair
from translate.training.links import Encoded, bilingual_embeddings, lexical_table
from translate.training.parallel import find, read, read_lines
from translate.training.recipe import Recipe
from translate.training.trainer import Progress, Trainer
from translate.training.vocabulary import train_vocabulary

NORMALIZATION = Normalization(latin_punctuation=True)
_ARABIC = re.compile("[\u0600-\u06ff]")
_LONGEST = 110  # Pieces of one side; longer pairs teach little and cost much.
_LINKED = 250_000  # Pairs the lexical table is counted from.


def read_sources(
    folder: Path, recipe: Recipe, held_out: Sequence[str], say: Callable[[str], None]
) -> dict[str, list[Pair]]:
    """
    The recipe's sources, ``NAME.tsv`` or ``NAME.tsv.gz`` anywhere under ``folder``, cleaned.

    Raises BadInput naming a source that is not there, is unreadable or has no usable pair.
    """
    cleaner = Cleaner(NORMALIZATION, held_out)
    sources: dict[str, list[Pair]] = {}
    for name in dict.fromkeys(name for stage in recipe.stages for name in stage.weights):
        sources[name], report = cleaner.clean(read(find(folder, name)), templated=name in recipe.templated)
        say(f"{name}: {report}")
    return sources


def read_development(prefixes: Sequence[Path]) -> list[Pair]:
    """
    Pairs of ``PREFIX.ar`` and ``PREFIX.en``, line by line.

    Raises BadInput where one is missing or unreadable, or where their lengths differ.
    """
    pairs: list[Pair] = []
    for prefix in prefixes:
        sides = [[row.source for row in read_lines(Path(f"{prefix}.{end}"))] for end in ("ar", "en")]
        if len(sides[0]) != len(sides[1]):
            raise BadInput(f"{prefix}.ar has {len(sides[0])} lines and {prefix}.en {len(sides[1])}.")
        pairs += [Pair(NORMALIZATION(a), TARGET_NORMALIZATION(b)) for a, b in zip(*sides, strict=True)]
    return pairs


def prepare(
    recipe: Recipe, sources: Mapping[str, Sequence[Pair]], development: Sequence[Pair], folder: Path
) -> Trainer:
    """
    Vocabulary, encoded pairs, lexical table and first embeddings, and a trainer over them.

    The vocabulary is kept in ``folder`` as ``joint.model``, for a resumed training and for the export.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "joint.model"
    if not path.exists():
        texts = (text for pairs in sources.values() for pair in pairs for text in (pair.source, pair.target))
        train_vocabulary(texts, folder / "joint", pieces=recipe.pieces)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
    encoded = {name: _encode(pieces, pairs) for name, pairs in sources.items()}
    every = [pair for pairs in encoded.values() for pair in pairs]
    step = max(1, len(every) // _LINKED)
    table = lexical_table(every[::step], recipe.pieces + 1)
    arabic = torch.tensor(
        [bool(_ARABIC.search(pieces.id_to_piece(i))) for i in range(recipe.pieces)] + [False]
    )
    embeddings, unigram = bilingual_embeddings([pair[1] for pair in every], table, arabic, recipe.width)
    outputs = (~arabic[:-1]).nonzero().flatten()
    return Trainer(
        recipe,
        encoded,
        table=table,
        outputs=outputs,
        embeddings=embeddings,
        unigram=unigram,
        development=_encode(pieces, development),
        folder=folder,
    )


def show(progress: Progress) -> str:
    """One line about a training, for people."""
    last: Mapping[str, float] = progress.losses[-1]
    return (
        f"{last['minutes']:6.1f} min  update {progress.step:,}  {progress.target_tokens:,} target tokens  "
        f"loss {last['development']:.3f}, with another source {last['another source']:.3f}"
    )


def _encode(pieces: sentencepiece.SentencePieceProcessor, pairs: Sequence[Pair]) -> list[Encoded]:
    sources = pieces.encode([pair.source for pair in pairs])
    targets = pieces.encode([pair.target for pair in pairs])
    return [
        (np.array(source, np.int16), np.array(target, np.int16))
        for source, target in zip(sources, targets, strict=True)
        if 0 < len(source) <= _LONGEST and 0 < len(target) <= _LONGEST
    ]
