"""
Pack a model of ours for LibreTranslate, to compare the two servers with the same weights.

    python benchmarks/argos_model.py ar_en.argosmodel [--model builtin] [--spacy FOLDER | --minisbd ar.onnx]

An `.argosmodel` is a zip of a CTranslate2 folder, one SentencePiece model for both languages,
and what the package is. Its tokenizer ends no source with ``</s>``, which Marian models need, so
CTranslate2 is told to. Normalization of the source is left out: LibreTranslate knows none.

LibreTranslate splits sentences by a MiniSBD model that it downloads. Where it cannot, pack a
spaCy pipeline, to which it adds spaCy's sentence rules:

    pip install libretranslate 'spacy<3.9'                                # in an environment of its own
    python -c "import spacy; spacy.blank('ar').to_disk('spacy-ar')"       # there
    python benchmarks/argos_model.py ar_en.argosmodel --spacy spacy-ar
    export XDG_DATA_HOME=$PWD/data XDG_CACHE_HOME=$PWD/cache ARGOS_CHUNK_TYPE=SPACY
    mkdir -p data/argos-translate/packages cache/argos-translate/spacy/senter
    touch cache/argos-translate/spacy/senter/model                        # nothing to download
    unzip -q ar_en.argosmodel -d data/argos-translate/packages
    libretranslate --port 5001
    python benchmarks/serve_load.py --against http://127.0.0.1:5001
"""

import argparse
import json
import zipfile
from pathlib import Path

from translate import models
from translate.settings import load_settings

PACKAGE = "translate-ar_en-1_0"
# LibreTranslate tries long to download models where it finds fewer than two packages; this one does nothing.
FILLER = "filler"


def pack(model: models.Model, made: Path, splitter: Path | None = None, kind: str = "spacy") -> None:
    """
    Write the package; ``splitter`` is a file or a folder, of the ``kind`` that LibreTranslate calls it.

    Raises SystemExit for a model that LibreTranslate could not use.
    """
    if model.ct2 is None:
        raise SystemExit(f"The model {model.name} has no CTranslate2 folder; fetch or convert it first.")
    pieces = model.source_spm.read_bytes()
    if pieces != model.target_spm.read_bytes():
        raise SystemExit(
            f"The model {model.name} splits words of both languages in two ways; LibreTranslate has one."
        )
    if model.prefix:
        raise SystemExit(f"The model {model.name} expects {' '.join(model.prefix)} before a source.")
    about = {
        "package_version": "1.0",
        "argos_version": "1.9",
        "from_code": "ar",
        "from_name": "Arabic",
        "to_code": "en",
        "to_name": "English",
    }
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{PACKAGE}/metadata.json", json.dumps(about, indent=1))
        archive.writestr(f"{FILLER}/metadata.json", json.dumps({"type": FILLER, "package_version": "1.0"}))
        archive.writestr(f"{PACKAGE}/sentencepiece.model", pieces)
        for file in sorted(model.ct2.iterdir()):
            data = file.read_bytes()
            if file.name == "config.json":
                data = json.dumps({**json.loads(data), "add_source_eos": True}, indent=1).encode()
            archive.writestr(f"{PACKAGE}/model/{file.name}", data)
        if splitter is not None:
            within = [file for file in sorted(splitter.rglob("*")) if file.is_file()] or [splitter]
            base = splitter if splitter.is_dir() else splitter.parent
            for file in within:
                archive.write(file, f"{PACKAGE}/{kind}/{file.relative_to(base)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("made", type=Path)
    parser.add_argument("--model", default="builtin")
    splitters = parser.add_mutually_exclusive_group()
    splitters.add_argument("--spacy", type=Path, metavar="FOLDER")
    splitters.add_argument("--minisbd", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    settings = load_settings({})
    model = models.choose(chosen.model, folder=settings.models, hub_cache=settings.hub_cache)
    pack(model, chosen.made, chosen.spacy or chosen.minisbd, "spacy" if chosen.spacy else "minisbd")
    print(f"{chosen.made}: {model.label}, {chosen.made.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
