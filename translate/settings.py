"""What can be chosen at run time: built once at the edge, then passed down."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from translate.errors import BadInput
from translate.models import default_folder

ENGINES = ("ct2", "torch")
DEVICES = ("auto", "cpu", "cuda", "mps")
COMPUTE_TYPES = ("auto", "int8", "int8_float16", "float16", "bfloat16", "float32")


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Everything a translator is told; the defaults are measured ones.

    ``model`` is a name, a hub name or a folder, empty for the best installed.
    ``compute_type`` "auto" is int8 on a CPU and float16 on a GPU for the ct2
    engine, float32 and float16 for torch. ``threads`` is the number of CPU
    threads in all, 0 for one per core. Without ``shortlist`` every target piece is
    scored in every step, also where the model says which ones a source may call for:
    slower, nearly always with the same result. ``batch_tokens`` bounds the source
    tokens (padding included) that are decoded together. ``cache_bytes`` bounds
    the sentence cache. See ``benchmarks/`` for the figures behind the defaults.

    Raises BadInput naming the setting, its value and what is allowed.
    """

    model: str = ""
    engine: str = "ct2"
    device: str = "auto"
    compute_type: str = "auto"
    threads: int = 0
    beam: int = 4
    length_penalty: float = 1.0
    shortlist: bool = True
    batch_tokens: int = 512
    cache_bytes: int = 32 * 1024 * 1024
    models: Path = field(default_factory=Path)
    hub_cache: Path | None = None

    def __post_init__(self) -> None:
        for name, allowed in (("engine", ENGINES), ("device", DEVICES), ("compute_type", COMPUTE_TYPES)):
            value = getattr(self, name)
            if value not in allowed:
                raise BadInput(f"The setting {name} is {value!r}; it must be one of {', '.join(allowed)}.")
        for name, least in (("threads", 0), ("beam", 1), ("batch_tokens", 1), ("cache_bytes", 0)):
            value = getattr(self, name)
            if value < least:
                raise BadInput(f"The setting {name} is {value}; it must be at least {least}.")
        if not 0 <= self.length_penalty <= 5:
            raise BadInput(f"The setting length_penalty is {self.length_penalty}; it must be from 0 to 5.")

    @property
    def decoding(self) -> str:
        """The settings that change an output, as a key for caches."""
        key = f"{self.engine} {self.device} {self.compute_type} beam={self.beam} lp={self.length_penalty}"
        return key if self.shortlist else f"{key} all pieces"


def load_settings(environ: Mapping[str, str], file: Path | None = None, **flags: object) -> Settings:
    """
    A flag wins over ``MUWAZI_*``, that over ``muwazi.toml``, that over the default.

    ``flags`` that are None were not given. ``file`` is read where it exists.

    Raises BadInput for an unknown setting, a value of another type, or broken TOML.
    """
    known = {f.name: f for f in fields(Settings)}
    table = read_file(file)
    table.pop("web", None)  # The server's own table: see web.settings.
    unknown = sorted(table.keys() - known.keys())
    if unknown:
        raise BadInput(f"{file} sets {', '.join(unknown)}, which Muwazi does not know: {', '.join(known)}.")
    chosen: dict[str, object] = {name: _typed(name, value, f"in {file}") for name, value in table.items()}
    for name in known:
        value = environ.get(f"MUWAZI_{name.upper()}", "")
        if value:
            chosen[name] = _typed(name, value, f"in MUWAZI_{name.upper()}")
    chosen |= {name: _typed(name, value, "given") for name, value in flags.items() if value is not None}
    chosen.setdefault("models", default_folder(environ))
    if "hub_cache" not in chosen and (home := environ.get("HF_HUB_CACHE") or environ.get("HF_HOME")):
        chosen["hub_cache"] = Path(home) if environ.get("HF_HUB_CACHE") else Path(home) / "hub"
    return replace(Settings(), **chosen)  # type: ignore[arg-type]  # _typed has checked each value


def read_file(file: Path | None) -> dict[str, Any]:
    """What ``muwazi.toml`` says; nothing where there is none. Raises BadInput where it cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file is not None and file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is not valid TOML: {error}.") from error
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error


_KINDS = {int: "a whole number", float: "a number", str: "text", bool: "yes or no"}
_SWITCH: dict[str, bool] = {
    "yes": True,
    "true": True,
    "on": True,
    "1": True,
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}


def _typed(name: str, value: Any, where: str) -> object:
    if name in {"models", "hub_cache"}:
        return Path(str(value)).expanduser()
    kind = type(getattr(Settings(), name))
    try:
        if kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError(value)
        return _SWITCH[str(value).lower()] if kind is bool else kind(value)
    except (KeyError, TypeError, ValueError):
        raise BadInput(f"The setting {name} is {value!r} ({where}); it must be {_KINDS[kind]}.") from None
