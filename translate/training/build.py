"""From a folder of parallel text and a recipe to a trainer: every step before the training itself."""

import hashlib
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
import torch
from numpy.typing import NDArray
from transformers import MarianMTModel
from transformers.utils.logging import disable_progress_bar

from translate.errors import BadInput, MuwaziError
from translate.models import Model
from translate.normalize import Normalization
from translate.tokenizer import PAD
from translate.training.corpus import TARGET_NORMALIZATION, Cleaner, Pair
from translate.training.export import export
from translate.training.grammar import generate
from translate.training.links import Encoded, bilingual_embeddings, lexical_table
from translate.training.mixing import joined, noisy, weigh
from translate.training.pairs import Pairs
from translate.training.parallel import files, find, read, read_lines
from translate.training.recipe import Recipe
from translate.training.scoring import score_model
from translate.training.shortlist import FILE, make_shortlist
from translate.training.trainer import (
    END_ID,
    STATE,
    Material,
    OtherTraining,
    Progress,
    Trainer,
    new_config,
    new_model,
)
from translate.training.vocabulary import train_vocabulary

NORMALIZATION = Normalization(latin_punctuation=True)
SAFE_TOKENS = 100
_ARABIC = re.compile("[\u0600-\u06ff]")
_LONGEST = 110  # Pieces of one side; longer pairs teach little and cost much.
_LINKED = 250_000  # Pairs the lexical table is counted from.
_AT_ONCE = 20_000  # Sentences that are cut anew together.
_MEASURED = 400  # Development pairs for the loss.
_SCORED = 200  # Development pairs for BLEU and chrF during training.
_SHAPE = ("vocab_size", "d_model", "encoder_layers", "decoder_layers", "encoder_ffn_dim", "decoder_ffn_dim",
          "encoder_attention_heads", "decoder_attention_heads")  # fmt: skip
# What the prepared data depends on besides the sources' names; rates, layers and times can change without it.
PREPARING = ("pieces", "width", "segmentations", "sampling_alpha", "joined", "noisy", "grammar",
             "near_duplicates", "seed", "templated")  # fmt: skip
_ROWS = 32  # Matrix libraries are up to twice as fast where this divides the number of outputs.


def read_sources(
    folder: Path, recipe: Recipe, held_out: Sequence[str], say: Callable[[str], None]
) -> dict[str, list[Pair]]:
    """
    The recipe's sources, anywhere under ``folder``, cleaned; the grammar's sentences under ``grammar``.

    Raises BadInput naming a source that is not there, is unreadable or has no usable pair.
    """
    cleaner = Cleaner(NORMALIZATION, held_out, near_duplicates=recipe.near_duplicates)
    sources: dict[str, list[Pair]] = {}
    for name in source_names(recipe):
        if name == "grammar" and recipe.grammar:
            made = generate(recipe.grammar, seed=recipe.seed)
            sources[name] = [Pair(NORMALIZATION(pair.source), pair.target) for pair in made]
            continue
        path = find(folder, name)
        pairs, report = cleaner.clean(read(path), templated=name in recipe.templated, name=str(path))
        say(f"{name}: {report}")
        sources[name] = pairs + _additions(pairs, recipe, name)
    return sources


def source_names(recipe: Recipe) -> list[str]:
    """All sources of all stages, each once."""
    return list(dict.fromkeys(name for stage in recipe.stages for name in stage.weights))


def _additions(pairs: Sequence[Pair], recipe: Recipe, name: str) -> list[Pair]:
    chance = random.Random(f"{recipe.seed} {name}")
    more = joined(pairs, recipe.joined, chance)
    rough = noisy(pairs, recipe.noisy, chance)
    return more + [Pair(NORMALIZATION(pair.source), pair.target) for pair in rough]


def read_development(prefixes: Sequence[Path], normalization: Normalization = NORMALIZATION) -> list[Pair]:
    """
    Pairs of ``PREFIX.ar`` and ``PREFIX.en``, line by line.

    Raises BadInput where one is missing or unreadable, or where their lengths differ.
    """
    pairs: list[Pair] = []
    for prefix in prefixes:
        sides = [list(read_lines(Path(f"{prefix}.{end}"))) for end in ("ar", "en")]
        if len(sides[0]) != len(sides[1]):
            raise BadInput(f"{prefix}.ar has {len(sides[0])} lines and {prefix}.en {len(sides[1])}.")
        for left, right in zip(*sides, strict=True):
            if left.fault or right.fault:
                raise BadInput(f"{prefix}, line {left.line}: {left.fault or right.fault}.")
            pairs.append(Pair(normalization(left.source), TARGET_NORMALIZATION(right.source)))
    if not pairs and prefixes:
        raise BadInput(f"The development set {prefixes[0]} is empty.")
    return pairs


def prepare(
    recipe: Recipe,
    data: Path,
    development: Sequence[Pair],
    folder: Path,
    *,
    name: str = "trained",
    workers: int = 0,
    device: str = "cpu",
    base: Model | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Trainer:
    """
    Vocabulary, encoded pairs, lexical table and first embeddings, and a trainer over them.

    The vocabulary is learned from the first stage's mixture, so that a large
    source of little weight does not fill it with its words. Where a ``base`` is
    given, which another recipe of the same shape has trained, its vocabulary and
    weights are what the training begins with.
    All of it is kept in ``folder`` for a resumed training: the vocabulary in
    ``joint.model``, the rest in ``prepared.pt``, made anew where recipe or
    files have changed; but a training that has begun keeps its vocabulary.
    ``workers`` 0 is one per core.

    Raises BadInput for sources that are missing or too small for the vocabulary,
    for a base of another shape or with two vocabularies, and where ``folder``
    has a training that began with another base or vocabulary.
    """
    make_folder(folder)
    begun = None if base is None else _begun(base, recipe)
    is_resumed = (folder / STATE).exists()
    if base is not None and is_resumed and _digest(base.source_spm) != _digest(folder / "joint.model"):
        raise OtherTraining(folder)
    mark = _fingerprint(recipe, data, development, base)
    ready = _read_prepared(folder, mark)
    if ready is None:
        lines = [text for pair in development for text in (pair.source, pair.target)]
        sources = read_sources(data, recipe, lines, say)
        if (folder / "prepared.pt").exists() and not is_resumed:
            (folder / "joint.model").unlink(missing_ok=True)
        if base is not None:
            shutil.copyfile(base.source_spm, folder / "joint.model")
        pieces = _vocabulary(recipe, sources, folder)
        ready = _encode_all(recipe, sources, development, pieces, workers or cores(), say, fresh=base is None)
        ready["mark"] = mark
        _keep(folder / "prepared.pt", ready)
    if "table" in ready:
        _write_shortlist(recipe, ready, folder)
    outputs = ready["outputs"]
    material = Material(
        Pairs(ready["pieces"], ready["bounds"], recipe.pieces, END_ID),
        {key: np.arange(*span) for key, span in ready["sources"].items()},
        {"development": np.arange(*ready["development"])},
        recipe.segmentations,
    )
    model = begun or new_model(recipe, ready["embeddings"], ready["unigram"], outputs)
    shown = development[:: max(1, len(development) // _SCORED)][:_SCORED]

    def score(checkpoint: Path) -> Mapping[str, float]:
        export(checkpoint, folder / "joint.model", folder / "scored", name=name,
               normalization=NORMALIZATION, safe_tokens=SAFE_TOKENS,
               shortlist=read_shortlist(folder))  # fmt: skip
        return score_model(folder / "scored", shown)

    return Trainer(
        recipe,
        material,
        model,
        outputs=outputs,
        table=ready["table"] if recipe.guidance else None,
        folder=folder,
        workers=workers or cores(),
        device=device,
        score=score,
        origin=f"{base and base.revision} {_digest(folder / 'joint.model')}",
    )


def make_folder(folder: Path) -> None:
    """Raises BadInput where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}. Choose another --out.") from error


def read_shortlist(folder: Path) -> str | None:
    """What :func:`prepare` left there; None where the recipe asks for no guidance and so no table."""
    return (folder / FILE).read_text(encoding="utf-8") if (folder / FILE).exists() else None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begun(base: Model, recipe: Recipe) -> Any:
    """The model to go on with, after a look at whether this recipe can."""
    if base.marian is None:
        raise BadInput(f"{base.name!r} has only a CTranslate2 form; training needs the Hugging Face one.")
    table = json.loads((base.marian / "vocab.json").read_text(encoding="utf-8"))
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(base.source_spm))
    listed = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    if base.source_spm.read_bytes() != base.target_spm.read_bytes() or list(table) != [*listed, PAD]:
        raise BadInput(
            f"The sides of {base.name!r} do not share one vocabulary, as those of a recipe's models do. "
            "Train it further without a recipe: muwazi train --from MODEL --data PAIRS"
        )
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model: Any = MarianMTModel.from_pretrained(base.marian, local_files_only=True, dtype=torch.float32)
    wanted = new_config(recipe)
    for key in _SHAPE:
        here, there = getattr(wanted, key), getattr(model.config, key)
        if here != there:
            raise BadInput(f"{base.name!r} has {key} {there} and the recipe {here}: they must agree.")
    return model


def _vocabulary(
    recipe: Recipe, sources: Mapping[str, Sequence[Pair]], folder: Path
) -> sentencepiece.SentencePieceProcessor:
    path = folder / "joint.model"
    if not path.exists():
        weights, chance = recipe.stages[0].weights, random.Random(recipe.seed)
        texts = (
            text
            for name, pairs in sources.items()
            for pair in weigh(pairs, weights.get(name, 0.0), chance)
            for text in (pair.source, pair.target)
        )
        made = train_vocabulary(texts, folder / "joint-part", pieces=recipe.pieces)
        made.replace(path)  # A kill leaves no half vocabulary.
        made.with_suffix(".vocab").unlink(missing_ok=True)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
    if pieces.get_piece_size() != recipe.pieces:
        raise BadInput(
            f"The vocabulary {path} has {pieces.get_piece_size()} pieces, and the recipe asks for "
            f"{recipe.pieces}: choose another --out, or remove that file to begin anew."
        )
    return pieces


def _encode_all(
    recipe: Recipe,
    sources: Mapping[str, Sequence[Pair]],
    development: Sequence[Pair],
    pieces: sentencepiece.SentencePieceProcessor,
    threads: int,
    say: Callable[[str], None],
    *,
    fresh: bool,
) -> dict[str, Any]:
    encoded: dict[str, list[Encoded]] = {}
    texts: list[Pair] = []
    for name, pairs in sources.items():
        made = _encode(pieces, pairs)
        short = [_is_short(pair) for pair in made]
        encoded[name] = list(compress(made, short))
        texts += compress(pairs, short)
    every = [pair for part in encoded.values() for pair in part]
    if not every:
        raise BadInput(f"No pair has between 1 and {_LONGEST} pieces a side.")
    spans, start = {}, 0
    for name, part in encoded.items():
        spans[name] = (start, start + len(part))
        start += len(part)
    shown = development[:: max(1, len(development) // _MEASURED)][:_MEASURED]
    measured = [pair for pair in _encode(pieces, shown) if _is_short(pair)]
    if not measured:
        raise BadInput("No development sentence is short enough to measure the loss on.")
    parts = [Pairs.pack(every + measured, pad=recipe.pieces, end=END_ID)]
    for number in range(recipe.segmentations):
        say(f"drawing segmentation {number + 1} of {recipe.segmentations}")
        drawn = draw_segmentation(
            pieces, texts, every, alpha=recipe.sampling_alpha, both=number % 5 < 3, threads=threads
        )
        parts.append(Pairs.pack(drawn, pad=recipe.pieces, end=END_ID))
    packed = Pairs.join(parts)
    arabic = torch.tensor(
        [bool(_ARABIC.search(pieces.id_to_piece(i))) for i in range(recipe.pieces)] + [False]
    )
    ready: dict[str, Any] = {
        "pieces": packed.pieces,
        "bounds": packed.bounds,
        "sources": spans,
        "development": (start, start + len(measured)),
        "outputs": _outputs(arabic[:-1]),
    }
    if not fresh and not recipe.guidance:
        return ready
    table = lexical_table(every[:: max(1, len(every) // _LINKED)], recipe.pieces + 1)
    ready["table"] = table.half()
    if fresh:
        torch.manual_seed(recipe.seed)
        english = [pair[1] for pair in every]
        ready["embeddings"], ready["unigram"] = bilingual_embeddings(english, table, arabic, recipe.width)
    return ready


def _write_shortlist(recipe: Recipe, ready: Mapping[str, Any], folder: Path) -> None:
    """The last stage's mixture says which pieces are common."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "joint.model"))
    names = [pieces.id_to_piece(i) for i in range(recipe.pieces)]
    usable = np.array([not _ARABIC.search(name) and not pieces.is_unknown(i) for i, name in enumerate(names)])
    flat, bounds = ready["pieces"].numpy(), ready["bounds"].numpy()
    counts = np.zeros(recipe.pieces)
    for name, weight in recipe.stages[-1].weights.items():
        first, last = (2 * end for end in ready["sources"][name])
        lengths = np.diff(bounds[first : last + 1])
        is_target = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
        found = flat[bounds[first] : bounds[last]][is_target]
        counts += weight * np.bincount(found, minlength=recipe.pieces)
    text = make_shortlist(ready["table"], counts, usable, names, end=names[END_ID])
    (folder / FILE).write_text(text, encoding="utf-8")


def _outputs(arabic: torch.Tensor) -> torch.Tensor:
    """
    Ids of all pieces without Arabic, and as many of the others as make a round number.

    Those are shut out by the model's output bias and cost nothing but their columns.
    """
    allowed, others = (~arabic).nonzero().flatten(), arabic.nonzero().flatten()
    return torch.cat([allowed, others[: -len(allowed) % _ROWS]])


def show(progress: Progress) -> str:
    """One line about a training, for people."""
    last: Mapping[str, float] = progress.losses[-1]
    more = "".join(f"  {name} {last[name]:.3f}" for name in ("average", "general") if name in last)
    more += "".join(f"  {name} {last[name]:.1f}" for name in ("bleu", "chrf") if name in last)
    more += f"  rates × {last['caution']:g} after losses that were no numbers" if "caution" in last else ""
    more += (
        f"  {last['left out']:.0f} batches left out, as their gradients were no numbers"
        if "left out" in last
        else ""
    )
    return (
        f"{last['minutes']:6.1f} min  update {progress.step:,}  {progress.target_tokens:,} target tokens  "
        f"loss {last['development']:.3f}, with another source {last['another source']:.3f}{more}"
    )


def _encode(pieces: sentencepiece.SentencePieceProcessor, pairs: Sequence[Pair]) -> list[Encoded]:
    sources = pieces.encode([pair.source for pair in pairs])
    targets = pieces.encode([pair.target for pair in pairs])
    return [
        (np.array(source, np.int32), np.array(target, np.int32))
        for source, target in zip(sources, targets, strict=True)
    ]


def _is_short(pair: Encoded) -> bool:
    return all(0 < len(side) <= _LONGEST for side in pair)


def draw_segmentation(
    pieces: sentencepiece.SentencePieceProcessor,
    pairs: Sequence[Pair],
    plain: Sequence[Encoded],
    *,
    alpha: float,
    both: bool,
    threads: int = 1,
) -> list[Encoded]:
    """
    Sources, and targets where ``both``, cut into other pieces of the same text (Kudo 2018).

    ``plain`` has their plain segmentation, which stays where the drawn one is too long.
    """
    sides: list[list[NDArray[np.int32]]] = []
    for side in (0, 1):
        kept = [pair[side] for pair in plain]
        for start in range(0, len(pairs) if side == 0 or both else 0, _AT_ONCE):
            texts = [(pair.source, pair.target)[side] for pair in pairs[start : start + _AT_ONCE]]
            drawn = pieces.encode(
                texts, enable_sampling=True, nbest_size=-1, alpha=alpha, num_threads=threads
            )
            for i, ids in enumerate(drawn, start):
                if 0 < len(ids) <= _LONGEST:
                    kept[i] = np.array(ids, np.int32)
        sides.append(kept)
    return list(zip(*sides, strict=True))


def within(pairs: Iterable[tuple[Sequence[int], Sequence[int]]], longest: int) -> list[Encoded]:
    """Pairs of ids as arrays, without the empty and the too long."""
    return [
        (np.array(source, np.int32), np.array(target, np.int32))
        for source, target in pairs
        if 0 < len(source) <= longest and 0 < len(target) <= longest
    ]


def _fingerprint(recipe: Recipe, data: Path, development: Sequence[Pair], base: Model | None) -> str:
    """Changes where anything does that the prepared data depends on."""
    begun = base and base.revision
    settings = [getattr(recipe, name) for name in PREPARING]
    text = (
        source_names(recipe),
        recipe.stages[0].weights,
        base is not None and recipe.guidance > 0,
        development,
    )
    digest = hashlib.sha256(repr((settings, text, begun)).encode())
    for name in source_names(recipe):
        if name == "grammar" and recipe.grammar:
            continue
        for path in files(find(data, name)):
            try:
                status = path.stat()
            except OSError as error:
                raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
            digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()


def _read_prepared(folder: Path, mark: str) -> dict[str, Any] | None:
    path = folder / "prepared.pt"
    if not path.exists() or not (folder / "joint.model").exists():
        return None
    try:
        ready: dict[str, Any] = torch.load(path, weights_only=True)
    except Exception:  # noqa: BLE001  # Whatever is wrong with it, it can be made again.
        return None
    return ready if ready.get("mark") == mark else None


def _keep(path: Path, ready: Mapping[str, Any]) -> None:
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            torch.save(ready, file)
        beside.replace(path)
    except (OSError, RuntimeError) as error:
        raise MuwaziError(
            f"{path} cannot be written: {error}. Make room on the disk, and train again."
        ) from error
