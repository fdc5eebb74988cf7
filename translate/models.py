"""
The models on this machine: which there are, which is best, and whether they are sound.

A model is installed when its folder lies in the models folder, which
``translate.installation`` fills; a folder elsewhere, or one in a Hugging Face
cache, can be used as it is. Nothing here touches the network.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from translate import contents
from translate.conversion import WEIGHTS
from translate.errors import ModelDamaged, ModelNotFound
from translate.golden import Golden
from translate.normalize import Normalization

BUILTIN = "builtin"
METADATA = "muwazi.json"
OWNER = "Helsinki-NLP"
# What a Hugging Face folder has that we use; weights apart.
MARIAN_FILES = (
    *("config.json", "vocab.json", "source.spm", "target.spm"),
    *("generation_config.json", "tokenizer_config.json", "README.md"),
)
# BLEU on the FLORES-200 devtest, ar→en, as published for these models.
PUBLISHED = {
    "Helsinki-NLP/opus-mt-tc-big-ar-en": {"flores200-devtest": 42.6},
    "Helsinki-NLP/opus-mt-ar-en": {"flores200-devtest": 33.9},
}


@dataclass(frozen=True, slots=True)
class Model:
    """
    An installed Arabic→English Marian model: where its files are and how to feed it.

    ``marian`` is a Hugging Face folder (torch engine), ``ct2`` a CTranslate2
    folder; at least one is set. ``prefix`` holds target tokens such as
    ``>>eng<<`` that multilingual models expect before the source.
    ``placeholders`` are pieces the model was trained to copy, empty for public
    models. ``revision`` changes whenever the weights do. A source of at most
    ``safe_tokens`` pieces can be translated without meeting the model's longest
    position. ``quality`` is its BLEU where somebody has measured it.
    """

    name: str
    revision: str
    source_spm: Path
    target_spm: Path
    marian: Path | None
    ct2: Path | None
    normalization: Normalization = field(default_factory=Normalization)
    prefix: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    origin: str = ""
    licence: str = ""
    folder: Path = Path()
    safe_tokens: int = 165
    quality: float | None = None
    golden: Golden | None = None

    @property
    def label(self) -> str:
        """The name and revision that every output carries."""
        return f"{self.name}@{self.revision[:12]}"

    @property
    def size_bytes(self) -> int:
        """What the model's files take on disk, links followed."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


@dataclass(frozen=True, slots=True)
class Metadata:
    """
    ``muwazi.json``: what the files of a model do not say themselves.

    ``quality`` is BLEU by test set, empty where unknown; ``sha256`` is a hex
    digest by path relative to the folder; ``golden`` is what the model said when it was made.
    """

    name: str
    revision: str
    origin: str = ""
    licence: str = ""
    source: str = "ar"
    target: str = "en"
    quality: Mapping[str, float] = field(default_factory=dict)
    normalization: Normalization = field(default_factory=Normalization)
    prefix: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    safe_tokens: int | None = None
    sha256: Mapping[str, str] = field(default_factory=dict)
    golden: Golden | None = None

    @classmethod
    def read(cls, folder: Path) -> "Metadata | None":
        """The metadata in ``folder``, None where it has none. Raises ModelDamaged where it is broken."""
        path = folder / METADATA
        if not path.exists():
            return None
        table = contents.read_json(path)
        known = {f.name: table[f.name] for f in fields(cls) if table.get(f.name) is not None}
        try:
            known["normalization"] = Normalization(**known.get("normalization", {}))
            for key in ("prefix", "placeholders"):
                known[key] = tuple(map(str, known.get(key, ())))
            known["quality"] = {test: float(bleu) for test, bleu in dict(known.get("quality", {})).items()}
            known["sha256"] = dict(known.get("sha256", {}))
            if "safe_tokens" in known:
                known["safe_tokens"] = int(known["safe_tokens"])
            if "golden" in known:
                known["golden"] = Golden.read(known["golden"])
            read = cls(**known)
            texts = read.name, read.revision, read.origin, read.licence, *read.sha256.values()
            if wrong := [value for value in texts if not isinstance(value, str)]:
                raise ValueError(f"{wrong[0]!r} where a text should be")
            return read
        except (KeyError, TypeError, ValueError) as error:
            raise ModelDamaged(f"{path} is not as Muwazi writes it ({error}).") from error

    def write(self, folder: Path) -> None:
        """Write ``muwazi.json`` into ``folder``."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / METADATA).write_text(text + "\n", encoding="utf-8")


def default_folder(environ: Mapping[str, str]) -> Path:
    """Where models are installed: ``MUWAZI_MODELS``, else in the user's data folder (XDG)."""
    if chosen := environ.get("MUWAZI_MODELS"):
        return Path(chosen).expanduser()
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path("~/.local/share").expanduser()) / "muwazi" / "models"


def builtin_folder() -> Path:
    """The model that comes with the package."""
    return Path(__file__).with_name("builtin")


def choose(name: str, *, folder: Path, builtin: Path | None = None, hub_cache: Path | None = None) -> Model:
    """The model of that name, or the best installed one for an empty name. Raises as find() and best() do."""
    return find(name, folder=folder, builtin=builtin, hub_cache=hub_cache) if name else best(folder, builtin)


def find(name: str, *, folder: Path, builtin: Path | None = None, hub_cache: Path | None = None) -> Model:
    """
    The model that ``name`` means, checked as far as that is cheap.

    ``name`` is "builtin", the name of a model in ``folder``, a hub name such as
    ``Helsinki-NLP/opus-mt-ar-en`` (installed, or in the Hugging Face cache
    ``hub_cache``), or a path to a model folder. ``builtin`` is where the
    built-in model lies, by default in the package.

    Raises ModelNotFound, or ModelDamaged saying which file is wrong and how.
    """
    if name == BUILTIN:
        return _describe(builtin or builtin_folder(), name, remedy="Install Muwazi again.")
    installed_as = installed_name(name)
    if installed_as in entries(folder):
        remedy = f"Remove it and fetch it again: muwazi model remove {installed_as}"
        return _describe(folder / installed_as, installed_as, remedy=remedy)
    path = Path(name).expanduser()
    if name and path.is_dir():
        return _describe(path, remedy="Copy or download that folder again, or choose another model.")
    full_name = hub_name(name)
    if hub_cache is not None and (snapshot := _snapshot(hub_cache, full_name)):
        remedy = f"Install it whole with: muwazi model fetch {full_name}"
        found = _describe(snapshot, installed_as, remedy=remedy)
        quality = _one_number(PUBLISHED.get(full_name, {}))
        origin = f"https://huggingface.co/{full_name}"
        return replace(found, revision=snapshot.name, origin=origin, quality=quality)
    if path.is_file():
        raise ModelNotFound(f"{name} is a file; a model is a folder. Give the folder that the file is in.")
    names = ", ".join(model.name for model in installed(folder, builtin)) or "none"
    raise ModelNotFound(
        f"No model named {name!r} in {folder}.\nInstalled: {names}.\n"
        "Fetch another with: muwazi model fetch NAME"
    )


def installed(folder: Path, builtin: Path | None = None) -> list[Model]:
    """The built-in model and every sound one in ``folder``, by name; see damaged() for the others."""
    return [answer for _, answer in _survey(folder, builtin) if isinstance(answer, Model)]


def damaged(folder: Path, builtin: Path | None = None) -> dict[str, ModelDamaged]:
    """What is wrong with each installed model that cannot be used, by name."""
    return {name: answer for name, answer in _survey(folder, builtin) if isinstance(answer, ModelDamaged)}


def best(folder: Path, builtin: Path | None = None) -> Model:
    """
    The installed model with the highest BLEU.

    A fetched model that nobody has measured counts as just above the built-in
    one: somebody wanted it. A model that the default engine cannot run counts last.

    Raises ModelNotFound where nothing is installed.
    """
    candidates = installed(folder, builtin)
    if not candidates:
        raise ModelNotFound(
            f"No model is installed: none in {folder}, and the built-in one is missing.\n"
            "Install Muwazi again, or fetch a model with: muwazi model fetch Helsinki-NLP/opus-mt-ar-en"
        )
    floor = max((model.quality or 0.0 for model in candidates if model.name == BUILTIN), default=0.0)

    def rank(model: Model) -> tuple[bool, float, bool]:
        quality = floor if model.quality is None else model.quality
        return model.ct2 is not None, quality, model.name != BUILTIN

    return max(candidates, key=rank)


def verify(model: Model) -> list[str]:
    """
    Compare every file that has a recorded digest with it; returns the names compared.

    Digests come from ``muwazi.json``, or in a Hugging Face cache from the names
    of the blobs. An empty list means that none are recorded.

    Raises ModelDamaged naming each file that is missing or has changed.
    """
    metadata = Metadata.read(model.folder)
    digests = dict(metadata.sha256) if metadata else {}
    for path in () if digests else sorted(model.folder.iterdir()):
        if path.is_symlink() and path.resolve().parent.name == "blobs":
            digests[path.name] = path.resolve().name
    wrong = [
        f"{name} {'has changed' if (model.folder / name).exists() else 'is missing'}"
        for name, digest in digests.items()
        if not matches(model.folder / name, digest)
    ]
    if wrong:
        raise ModelDamaged(
            f"{model.name!r} in {model.folder} is not as it was installed: {'; '.join(wrong)}. "
            "Remove it and fetch it again with: muwazi model remove, muwazi model fetch."
        )
    return sorted(digests)


def matches(path: Path, digest: str) -> bool:
    """
    Whether a file has this digest: sha256, or the git blob id by which hubs know small files.

    Git hashes ``blob``, the size and a zero byte before the bytes (git-hash-object).
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if len(digest) == 40:
            return hashlib.sha1(b"blob %d\0%b" % (path.stat().st_size, file.read())).hexdigest() == digest
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def hub_name(name: str) -> str:
    """A model's name on the hub: those without an owner are Helsinki-NLP's, who made the OPUS-MT models."""
    return name if "/" in name else f"{OWNER}/{name}"


def installed_name(name: str) -> str:
    """
    The name a hub model has once it is installed.

    >>> installed_name("Helsinki-NLP/opus-mt-ar-en"), installed_name("somebody/opus-mt-ar-en")
    ('opus-mt-ar-en', 'somebody--opus-mt-ar-en')
    """
    return name.removeprefix(f"{OWNER}/").replace("/", "--")


def card_licence(folder: Path) -> str:
    """The licence that a model card states in its front matter, empty where it states none."""
    card = folder / "README.md"
    lines = card.read_text(encoding="utf-8", errors="replace").splitlines() if card.is_file() else []
    if lines[:1] != ["---"]:
        return ""
    for line in lines[1:]:
        key, _, value = line.partition(":")
        if line == "---":
            break
        if key == "license":
            return value.strip().strip("\"'")
    return ""


def _survey(folder: Path, builtin: Path | None) -> Iterator[tuple[str, Model | ModelDamaged]]:
    home = builtin or builtin_folder()
    for name in ([BUILTIN] if home.is_dir() else []) + entries(folder):
        try:
            yield name, _describe(home if name == BUILTIN else folder / name, name)
        except ModelDamaged as error:
            yield name, error


def entries(folder: Path) -> list[str]:
    """
    Names of the folders in the models folder; those with a dot are work in progress.

    Raises ModelNotFound where the models folder is there and cannot be read.
    """
    try:
        names = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    except OSError as error:
        raise ModelNotFound(
            f"The models folder {folder} cannot be read: {error.strerror}. Choose another with MUWAZI_MODELS."
        ) from error
    return sorted(name for name in names if not name.startswith(".") and name != BUILTIN)


def _describe(folder: Path, name: str = "", *, remedy: str = "") -> Model:
    """The model in ``folder``; the remedy is added to what is said about a damaged one."""
    try:
        return _read(folder, name)
    except OSError as error:
        raise ModelDamaged(
            f"{error.filename or folder} cannot be read: {error.strerror}. {remedy}".rstrip()
        ) from error
    except ModelDamaged as error:
        raise ModelDamaged(f"{error} {remedy}".rstrip()) from error


def _read(folder: Path, name: str) -> Model:
    found = contents.examine(folder)
    metadata = Metadata.read(folder) or Metadata.read(found.source_spm.parent)
    if metadata is None:
        home = found.source_spm.parent.resolve()
        metadata = Metadata(name or home.name, _fingerprint(found), licence=card_licence(folder))
    return Model(
        name=name or metadata.name,
        revision=metadata.revision,
        source_spm=found.source_spm,
        target_spm=found.target_spm,
        marian=found.marian,
        ct2=found.ct2,
        normalization=metadata.normalization,
        prefix=metadata.prefix or target_prefix(found),
        placeholders=metadata.placeholders,
        origin=metadata.origin,
        licence=metadata.licence,
        folder=folder,
        safe_tokens=metadata.safe_tokens or safe_tokens(found),
        quality=_one_number(metadata.quality),
        golden=metadata.golden,
    )


def target_prefix(found: contents.Contents) -> tuple[str, ...]:
    """What a multilingual model wants to see before the source."""
    return (contents.ENGLISH_TOKEN,) if found.english_token else ()


def safe_tokens(found: contents.Contents) -> int:
    """So that a translation three times as long, and a few pieces, still has positions."""
    return max((found.positions - 16) // 3, 16)


def _one_number(quality: Mapping[str, float]) -> float | None:
    """BLEU on FLORES where it is known, else the mean over what is."""
    flores = [value for test_set, value in quality.items() if "flores" in test_set.lower()]
    values = flores or list(quality.values())
    return sum(values) / len(values) if values else None


def _fingerprint(found: contents.Contents) -> str:
    """A revision for weights that nobody has named: a digest of 2048 blocks of 4 KiB, spread evenly."""
    digest = hashlib.sha256()
    candidates = [found.marian / name for name in WEIGHTS] if found.marian else []
    if found.ct2:
        candidates.append(found.ct2 / "model.bin")
    for path in candidates:
        if path.exists():
            size = path.stat().st_size
            digest.update(str(size).encode())
            with path.open("rb") as file:
                for offset in range(0, size, max(size // 2048, 4096)):
                    file.seek(offset)
                    digest.update(file.read(4096))
    return digest.hexdigest()


def _snapshot(hub_cache: Path, name: str) -> Path | None:
    """
    The folder of a model in a Hugging Face cache: what ``main`` points to, or the newest.

    Raises ModelNotFound where the cache cannot be read.
    """
    try:
        return _newest(hub_cache, name)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelNotFound(
            f"The Hugging Face cache {hub_cache} cannot be read: {reason}. Choose another with HF_HUB_CACHE."
        ) from error


def _newest(hub_cache: Path, name: str) -> Path | None:
    repository = hub_cache / f"models--{name.replace('/', '--')}"
    snapshots = repository / "snapshots"
    if not snapshots.is_dir():
        return None
    main = repository / "refs" / "main"
    if main.is_file() and (pointed := snapshots / main.read_text(encoding="utf-8").strip()).is_dir():
        return pointed
    return max(filter(Path.is_dir, snapshots.iterdir()), key=lambda path: path.stat().st_mtime, default=None)
