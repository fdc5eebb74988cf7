"""What can be chosen for the server: built once at the edge, then passed down."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from translate.errors import BadInput
from translate.settings import read_file

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_ORIGIN = re.compile(r"https?://[^/?#]+")
_HOST = re.compile(r"[^\s/:]+|[0-9a-fA-F.]*(?::[0-9a-fA-F.]*){2,}")  # A name or IPv4, or IPv6.
_LEAST = {
    "text_characters": 1,
    "batch_size": 1,
    "upload_bytes": 1024,
    "alternatives": 0,
    "request_seconds": 1,
    "stop_seconds": 0,
    "queue_length": 1,
    "threads": 4,
    "rate_per_minute": 0,
    "quota_characters": 0,
}


@dataclass(frozen=True, slots=True)
class WebSettings:
    """
    Everything the server is told.

    ``database`` is an SQLAlchemy URL, empty for SQLite in the folder ``data``.
    Limits of one request: ``text_characters`` code points over all its texts,
    ``batch_size`` texts, ``upload_bytes``, ``alternatives``, ``request_seconds``.
    Requests under way when the server is told to stop have ``stop_seconds`` more.
    At most ``queue_length`` requests wait for the model; the next is refused at
    once. ``rate_per_minute`` counts the requests of a key, or of an address where there
    is none, but for those by which our own pages are read. ``quota_characters`` are a
    key's, or those of all who come without one; 0 is no limit. ``cors_origins`` are the origins whose
    pages may read the answers of the translate endpoints, or ``*``. ``hosts`` are the
    names, besides this machine's own, under which the server may be asked for. With
    ``keys_required`` nobody calls without a key; a server that only this machine can
    reach, and that has no such names, shows its pages without.

    Raises BadInput naming the setting, its value and what is allowed.
    """

    host: str = "127.0.0.1"
    port: int = 5000
    database: str = ""
    data: Path = field(default_factory=Path)
    text_characters: int = 20_000
    batch_size: int = 128
    upload_bytes: int = 10 * 1024 * 1024
    alternatives: int = 4
    request_seconds: float = 120.0
    stop_seconds: float = 30.0
    queue_length: int = 256
    threads: int = 320
    keys_required: bool = False
    rate_per_minute: int = 0
    quota_characters: int = 0
    cors_origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    log_texts: bool = False
    fetch_urls: bool = True
    seeds: bool = True

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if not least <= value < math.inf:
                raise BadInput(f"The setting web.{name} is {value}; it must be a number of at least {least}.")
        if not 0 <= self.port <= 65_535:
            raise BadInput(
                f"The setting web.port is {self.port}; it must be from 0 (any free port) to 65535."
            )
        for origin in self.cors_origins:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise BadInput(
                    f"The setting web.cors_origins holds {origin!r}; an origin is * or begins with http:// "
                    "or https:// and ends with the name, or its port."
                )
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise BadInput(
                    f"The setting web.hosts holds {host!r}; a host is a name or an address alone, "
                    "without http:// and without a port."
                )

    @property
    def database_url(self) -> str:
        """Where the store is: ``database``, or SQLite in the data folder."""
        return self.database or f"sqlite:///{self.data / 'muwazi.db'}"

    @property
    def upload_megabytes(self) -> str:
        """``upload_bytes`` in units of 2**20 bytes, as pages show it: three digits at most."""
        return f"{self.upload_bytes / 2**20:.3g}"

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in {"127.0.0.1", "::1", "localhost"}


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where the database is: ``MUWAZI_WEB_DATA``, else in the user's data folder (XDG)."""
    if chosen := environ.get("MUWAZI_WEB_DATA"):
        return Path(chosen).expanduser()
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path("~/.local/share").expanduser()) / "muwazi"


def load_web_settings(environ: Mapping[str, str], file: Path | None = None, **flags: object) -> WebSettings:
    """
    A flag wins over ``MUWAZI_WEB_*``, that over ``[web]`` in ``muwazi.toml``, that over the default.

    ``flags`` that are None were not given. ``file`` is read where it exists.

    Raises BadInput for an unknown setting, a value of another type, or broken TOML.
    """
    known = {f.name for f in fields(WebSettings)}
    table = read_file(file).get("web", {})
    if not isinstance(table, dict):
        raise BadInput(f"{file} sets web to {table!r}; it must be a table: [web].")
    if unknown := sorted(table.keys() - known):
        raise BadInput(
            f"{file} sets {', '.join(unknown)} under [web], which Muwazi does not know: "
            f"{', '.join(sorted(known))}."
        )
    chosen: dict[str, object] = {name: _typed(name, value, f"in {file}") for name, value in table.items()}
    for name in known:
        variable = f"MUWAZI_WEB_{name.upper()}"
        if value := environ.get(variable, ""):
            chosen[name] = _typed(name, value, f"in {variable}")
    chosen |= {name: _typed(name, value, "given") for name, value in flags.items() if value is not None}
    chosen.setdefault("data", data_folder(environ))
    return replace(WebSettings(), **chosen)  # type: ignore[arg-type]  # _typed has checked each value


def _typed(name: str, value: Any, where: str) -> object:
    default = getattr(WebSettings(), name)
    if isinstance(default, Path):
        return Path(str(value)).expanduser()
    if isinstance(default, tuple):
        parts = value if isinstance(value, list | tuple) else str(value).split(",")
        return tuple(text for part in parts if (text := str(part).strip().rstrip("/")))
    if isinstance(default, bool):
        text = str(value).strip().lower()
        if text not in _TRUE | _FALSE:
            raise BadInput(f"The setting web.{name} is {value!r} ({where}); it must be true or false.")
        return text in _TRUE
    kind = type(default)
    try:
        # int() would cut 5000.7 down, and str() make a text of a list.
        if isinstance(value, bool) or (kind is str and not isinstance(value, str)):
            raise TypeError(value)
        if kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError(value)
        return kind(value)
    except (TypeError, ValueError):
        wanted = {int: "whole number", float: "number", str: "text"}[kind]
        raise BadInput(f"The setting web.{name} is {value!r} ({where}); it must be a {wanted}.") from None
