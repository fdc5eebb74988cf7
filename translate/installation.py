"""
Putting models into the models folder, whole or not at all, and taking them out again.

An installed model is a Hugging Face Marian folder that also holds its
CTranslate2 form in ``ct2/`` and says in ``muwazi.json`` where it came from.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from translate import contents, golden, models
from translate.conversion import WEIGHTS, convert
from translate.errors import BadInput, ModelNotFound
from translate.models import METADATA, Metadata, Model


def install(
    staging: Path, *, folder: Path, name: str, revision: str, origin: str = "", licence: str = ""
) -> Model:
    """
    Make the Marian folder ``staging`` an installed model, and return it.

    It is converted to CTranslate2 int8 where it is not yet, described in
    ``muwazi.json`` and moved into ``folder`` under ``name``, a hub name, in
    place of an older one. ``staging`` must be on the same disk.

    Raises ModelDamaged where it is no usable model; ``staging`` is then left.
    """
    found = contents.examine(staging)
    if found.ct2 is None:
        convert(staging, staging / "ct2")
    Metadata(
        name=models.installed_name(name),
        revision=revision,
        origin=origin,
        licence=licence or models.card_licence(staging),
        quality=models.PUBLISHED.get(name, {}),
        prefix=models.target_prefix(found),
        safe_tokens=models.safe_tokens(found),
        sha256=_digests(staging),
    ).write(staging)
    destination = folder / models.installed_name(name)
    with tempfile.TemporaryDirectory(prefix=".replaced-", dir=folder) as scratch:
        former = Path(scratch) / "former"
        if destination.exists():
            destination.rename(former)
        try:
            staging.rename(destination)
        except OSError:
            if former.exists():
                former.rename(destination)
            raise
    golden.keep(destination)
    return models.find(destination.name, folder=folder)


def convert_model(model: Model, output: Path | None = None, *, quantization: str = "int8") -> Path:
    """
    Make the CTranslate2 form of a model that has its Marian form; returns where it is.

    By default that is ``ct2/`` in the model's own folder. A folder given as
    ``output`` becomes a model of its own, SentencePiece files and metadata included.

    Raises BadInput where there is no Marian form to convert, or ``output`` is in use or cannot be written.
    """
    if model.marian is None:
        raise BadInput(
            f"{model.name!r} is a CTranslate2 model already; only its Marian form can be converted."
        )
    metadata = Metadata.read(model.folder)
    if output is None:
        with _writing(model.marian / "ct2"):
            convert(model.marian, model.marian / "ct2", quantization=quantization)
            if metadata and metadata.sha256:
                replace(metadata, sha256=_digests(model.marian)).write(model.marian)
        return model.marian / "ct2"
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise BadInput(f"{output} exists and is not an empty folder; choose another for the converted model.")
    metadata = metadata or Metadata(
        name=model.name,
        revision=model.revision,
        origin=model.origin,
        licence=model.licence,
        prefix=model.prefix,
        safe_tokens=model.safe_tokens,
    )
    with _writing(output):
        convert(model.marian, output, quantization=quantization)
        for side, path in (("source.spm", model.source_spm), ("target.spm", model.target_spm)):
            shutil.copyfile(path, output / side)
        replace(metadata, sha256=_digests(output)).write(output)
    return output


def adopt(model: Model, *, folder: Path, name: str) -> Model:
    """Install a model found elsewhere, such as in a Hugging Face cache, by copying it; returns the copy."""
    if model.marian is None:
        raise BadInput(f"{model.name!r} has no Marian form to install.")
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adopting-", dir=folder) as scratch:
            staging = Path(scratch) / "model"
            staging.mkdir()
            for file in (*models.MARIAN_FILES, next(n for n in WEIGHTS if (model.marian / n).exists())):
                if (model.marian / file).exists():
                    shutil.copyfile(model.marian / file, staging / file)
            return install(
                staging,
                folder=folder,
                name=name,
                revision=model.revision,
                origin=model.origin,
                licence=model.licence,
            )


def remove(name: str, *, folder: Path) -> None:
    """
    Delete an installed model, sound or damaged, and what a broken-off fetch of it left.

    Raises BadInput for the built-in one and where it cannot be deleted, and ModelNotFound.
    """
    if name == models.BUILTIN:
        raise BadInput("The built-in model is part of Muwazi and cannot be removed.")
    known = models.installed_name(name)
    leftovers = [path for path in _unfinished(folder) if path.name.partition("@")[0] == known]
    installed = models.entries(folder)
    if known not in installed and not leftovers:
        raise ModelNotFound(
            f"No model named {name!r} in {folder}. Installed: {', '.join(installed) or 'none'}."
        )
    with _writing(folder):
        for path in (*leftovers, folder / known):
            if path.is_symlink():
                path.unlink()
            elif path.exists():
                shutil.rmtree(path)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    """Say where nothing could be written or deleted, and why."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise BadInput(
            f"{place} cannot be written: {reason}. See that it may be, and that the disk has room."
        ) from error


def staging_folder(folder: Path, name: str, revision: str) -> Path:
    """Where files of a hub model gather until all are there; never listed as installed."""
    return folder / ".fetching" / f"{models.installed_name(name)}@{revision[:12]}"


def _unfinished(folder: Path) -> list[Path]:
    place = folder / ".fetching"
    return [path for path in place.iterdir() if path.is_dir()] if place.is_dir() else []


def _digests(folder: Path) -> dict[str, str]:
    """sha256 of every file in a folder but its metadata, by relative path."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and path.name != METADATA and not any(p.startswith(".") for p in relative.parts):
            with path.open("rb") as file:
                digests[relative.as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests
