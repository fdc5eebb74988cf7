"""
What a model folder holds, and exactly what is wrong with it where something is.

Cheap enough for every start: files are opened and their headers read, weights
are not. Whether bytes have changed since they were installed is a question for
``translate.models.verify``.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from translate.checkpoint import read_ct2_shapes, read_layout
from translate.conversion import WEIGHTS
from translate.errors import ModelDamaged

ENGLISH_TOKEN = ">>eng<<"
# One or the other, as .json or .txt; beside the target's stands the source's.
_VOCABULARIES = ("shared_vocabulary", "target_vocabulary")

# ISO 639 codes that OPUS-MT uses for Arabic and its varieties, and for groups that include it.
_ARABIC = frozenset(
    ["ar", "ara", "arb", "arz", "apc", "ajp", "acm", "acq", "aeb", "ary", "afb", "arq", "apd", "shu"]
)
_WITH_ARABIC = _ARABIC | {"mul", "sem", "afa"}
_ENGLISH = frozenset({"en", "eng"})
_NAMED_DIRECTION = re.compile(r"[/-]([a-z]{2,3})-([a-z]{2,3})$")
_CARD_LANGUAGES = r"{}[ _]languages?:\*{{0,2}}\s*([a-z]{{2,3}}(?:[ ,]+[a-z]{{2,3}})*)\s*$"


@dataclass(frozen=True, slots=True)
class Contents:
    """
    The usable parts of a model folder.

    ``marian`` and ``ct2`` are the folders of its two forms, None where absent.
    ``positions`` is the longest sequence in pieces; ``english_token`` says
    whether the vocabulary has ``>>eng<<``.
    """

    source_spm: Path
    target_spm: Path
    marian: Path | None
    ct2: Path | None
    positions: int
    english_token: bool


def examine(folder: Path) -> Contents:
    """
    Find the parts of an Arabic→English Marian model in ``folder``.

    Understood are a Hugging Face folder, a CTranslate2 folder with its
    SentencePiece models in it or beside it, and a Hugging Face folder that
    holds a CTranslate2 one as ``ct2``.

    Raises ModelDamaged, with a message that names the file and what is wrong
    with it, where the folder is incomplete, corrupt, or another kind of model.
    """
    names = _list(folder)
    weights = next((name for name in WEIGHTS if name in names), None)
    ct2 = folder / "ct2" if "ct2" in names else folder if "model.bin" in names else None
    if weights is None and ct2 is None:
        raise _nothing_usable(folder, names)

    vocabulary: Collection[str] = ()
    positions = 512
    if weights is not None:
        _require(folder, names, ("config.json", "vocab.json", "source.spm", "target.spm"))
        config = read_config(folder)
        positions = int(config.get("max_position_embeddings", positions))
        vocabulary = _check_marian(folder, weights, config)
    elif "config.json" in names and ct2 != folder:
        positions = int(read_config(folder).get("max_position_embeddings", positions))
    if ct2 is not None:
        pieces = _check_ct2(ct2)
        rest = iter(vocabulary)
        if vocabulary and not all(piece in rest for piece in pieces):
            raise ModelDamaged(
                f"{ct2} was made from another vocabulary than {folder / 'vocab.json'}. "
                "Make it again with: muwazi model convert."
            )
        vocabulary = vocabulary or pieces

    home = folder if "source.spm" in names or ct2 != folder else folder.parent
    _require(home, _list(home), ("source.spm", "target.spm"))
    english = ENGLISH_TOKEN in vocabulary
    _check_direction(folder, home, multilingual=english)
    return Contents(
        home / "source.spm",
        home / "target.spm",
        folder if weights is not None else None,
        ct2,
        positions,
        english,
    )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object. Raises ModelDamaged where the file is unreadable or anything else."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelDamaged(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # json.JSONDecodeError and UnicodeDecodeError
        raise ModelDamaged(f"{path} is not valid JSON ({error}).") from error
    if not isinstance(value, dict):
        raise ModelDamaged(f"{path} holds a JSON {type(value).__name__}, expected an object.")
    return value


def read_config(folder: Path) -> dict[str, Any]:
    """The ``config.json`` of a Marian folder. Raises ModelDamaged where it is of another kind."""
    config = read_json(folder / "config.json")
    kind = config.get("model_type")
    if kind != "marian":
        raise ModelDamaged(
            f"{folder / 'config.json'} has the model_type {kind!r}; Muwazi translates with 'marian' models."
        )
    needed = ("vocab_size", "d_model", "eos_token_id", "pad_token_id", "decoder_start_token_id")
    absent = [key for key in needed if not isinstance(config.get(key), int)]
    if not isinstance(config.get("max_position_embeddings", 512), int):
        absent.append("max_position_embeddings")
    if absent:
        raise ModelDamaged(f"{folder / 'config.json'} does not say the model's {', '.join(absent)}.")
    if not config.get("share_encoder_decoder_embeddings", True):
        raise ModelDamaged(
            f"{folder / 'config.json'} describes a model with separate source and target vocabularies; "
            "Muwazi needs one that shares them."
        )
    return config


def check_direction(
    source: Collection[str], target: Collection[str], where: str, *, multilingual: bool
) -> None:
    """
    Raise ModelDamaged unless language codes say Arabic→English; no codes say nothing.

    ``multilingual`` models choose English by a token, whatever their target is called.
    """
    from_arabic = not source or bool(_WITH_ARABIC & set(source))
    into_english = not target or multilingual or bool(_ENGLISH & set(target))
    if not (from_arabic and into_english):
        raise ModelDamaged(
            f"This model translates {_join(source)}→{_join(target)} according to {where}; "
            "Muwazi needs one for Arabic→English (ar→en)."
        )


def direction_of_name(name: str) -> tuple[list[str], list[str]]:
    """
    Source and target language codes in a model's name, empty where it has none.

    >>> direction_of_name("Helsinki-NLP/opus-mt-tc-big-ar-en")
    (['ar'], ['en'])
    """
    match = _NAMED_DIRECTION.search(name)
    # "my-new-one" is no translation from New to One.
    if match and ("opus-mt" in name or (_WITH_ARABIC | _ENGLISH) & set(match.groups())):
        return [match[1]], [match[2]]
    return [], []


def _list(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise ModelDamaged(f"The model folder {folder} cannot be read: {error.strerror}.") from error


def _require(folder: Path, names: Collection[str], wanted: Collection[str]) -> None:
    missing = [name for name in wanted if name not in names]
    if missing:
        raise ModelDamaged(f"The model in {folder} is incomplete: {', '.join(missing)} is missing.")
    for name in wanted:
        try:
            with (folder / name).open("rb") as file:
                empty = not file.read(1)
        except OSError as error:  # a dangling link of a pruned cache, say
            raise ModelDamaged(f"{folder / name} cannot be read: {error.strerror}.") from error
        if empty:
            raise ModelDamaged(f"{folder / name} is empty.")


def _nothing_usable(folder: Path, names: Collection[str]) -> ModelDamaged:
    if any(name.partition(".")[0] in _VOCABULARIES for name in names):
        return ModelDamaged(f"The CTranslate2 model in {folder} is incomplete: model.bin is missing.")
    if "config.json" in names:
        read_config(folder)
        return ModelDamaged(
            f"The model in {folder} is incomplete: its weights are missing, expected {' or '.join(WEIGHTS)}."
        )
    found = ", ".join(sorted(names)[:8]) + (", …" if len(names) > 8 else "")
    return ModelDamaged(
        f"{folder} holds no model. Expected a Hugging Face Marian folder (config.json, model.safetensors or "
        "pytorch_model.bin, vocab.json, source.spm, target.spm) or a CTranslate2 folder (model.bin, "
        f"config.json, shared_vocabulary.json, source.spm, target.spm); found {found or 'nothing at all'}."
    )


def _check_marian(folder: Path, weights: str, config: Mapping[str, Any]) -> list[str]:
    """Whether vocabulary, config and weights agree; returns the pieces in order."""
    table = read_json(folder / "vocab.json")
    if not all(isinstance(n, int) for n in table.values()) or set(table.values()) != set(range(len(table))):
        raise ModelDamaged(f"{folder / 'vocab.json'} does not number its {len(table)} pieces from 0 up.")
    pieces = sorted(table, key=table.__getitem__)
    if len(pieces) != config["vocab_size"]:
        raise ModelDamaged(
            f"{folder / 'vocab.json'} has {len(pieces)} pieces, but config.json says {config['vocab_size']}: "
            "they belong to different models."
        )
    layout = read_layout(folder / weights)
    embedding = layout.get("model.shared.weight") or layout.get("model.encoder.embed_tokens.weight")
    expected = (config["vocab_size"], config["d_model"])
    if embedding is None or embedding.shape != expected:
        found = "no embeddings" if embedding is None else f"embeddings of shape {embedding.shape}"
        raise ModelDamaged(f"{folder / weights} has {found}, but config.json says {expected}.")
    return pieces


def _check_ct2(folder: Path) -> list[str]:
    """Whether a CTranslate2 folder is whole; returns its target pieces in order."""
    names = _list(folder)
    _require(folder, names, ("model.bin", "config.json"))
    read_json(folder / "config.json")
    shapes = read_ct2_shapes(folder / "model.bin")
    files = [f"{name}{suffix}" for name in _VOCABULARIES for suffix in (".json", ".txt")]
    file = next((folder / name for name in files if name in names), None)
    if file is None:
        missing = "target" if any(name.startswith("source_vocabulary.") for name in names) else "shared"
        raise ModelDamaged(f"The model in {folder} is incomplete: {missing}_vocabulary.json is missing.")
    if file.stem == "target_vocabulary":
        _require(folder, names, ("source_vocabulary" + file.suffix,))
    try:
        text = file.read_text(encoding="utf-8")
        pieces = json.loads(text) if file.suffix == ".json" else text.split("\n")[: text.count("\n")]
    except OSError as error:
        raise ModelDamaged(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ModelDamaged(f"{file} is not valid JSON ({error}).") from error
    rows = shapes.get("decoder/embeddings/weight", (len(pieces),))[0]
    if not isinstance(pieces, list) or rows != len(pieces):
        raise ModelDamaged(
            f"{file} has {len(pieces)} pieces, but model.bin has {rows}: they belong to different models."
        )
    return pieces


def _check_direction(folder: Path, home: Path, *, multilingual: bool) -> None:
    """Ask the tokenizer, the config and the model card, and where all are silent the pieces themselves."""
    stated = False
    for where, source, target in _stated_directions(folder):
        check_direction(source, target, where, multilingual=multilingual)
        stated = stated or bool(source and target)
    shares = [_arabic_share(home / "source.spm"), _arabic_share(home / "target.spm")]
    # Without >>eng<<, an English side has hardly any Arabic and an Arabic side is full of it.
    if not stated and shares[0] < shares[1]:
        raise ModelDamaged(
            f"{home / 'target.spm'} is more Arabic ({shares[1]:.0%} of its pieces) than source.spm "
            f"({shares[0]:.0%}): this model translates into Arabic. Muwazi needs one for Arabic→English."
        )


def _stated_directions(folder: Path) -> list[tuple[str, list[str], list[str]]]:
    stated = []
    for name, keys in (
        ("muwazi.json", ("source", "target")),
        ("tokenizer_config.json", ("source_lang", "target_lang")),
    ):
        if (folder / name).exists():
            table = read_json(folder / name)
            source, target = ([code] if isinstance(code := table.get(key), str) else [] for key in keys)
            stated.append((name, source, target))
    if (folder / "config.json").exists():
        path = read_json(folder / "config.json").get("_name_or_path")
        stated.append(("config.json", *direction_of_name(path if isinstance(path, str) else "")))
    if (folder / "README.md").exists():
        card = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
        found = (re.search(_CARD_LANGUAGES.format(side), card, re.MULTILINE) for side in ("source", "target"))
        source, target = (re.split(r"[ ,]+", match[1]) if match else [] for match in found)
        stated.append(("README.md", source, target))
    return stated


def _arabic_share(spm: Path) -> float:
    """Share of a SentencePiece model's pieces that have an Arabic letter, 0 to 1."""
    import sentencepiece

    try:
        model = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    except (OSError, RuntimeError) as error:
        raise ModelDamaged(f"{spm} is no SentencePiece model, or is cut off.") from error
    count: int = model.get_piece_size()
    arabic = re.compile("[\u0620-\u064a]")
    return sum(1 for index in range(count) if arabic.search(model.id_to_piece(index))) / max(count, 1)


def _join(codes: Collection[str]) -> str:
    return "+".join(codes) or "?"
