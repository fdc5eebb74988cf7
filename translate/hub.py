"""
Fetching a model from a hub: the one place in Muwazi that reaches for the network.

huggingface_hub knows the hub's addresses, headers and errors. Its own
downloads begin anew each time, so the bytes are taken here: what has arrived
stays, and the next fetch asks only for the rest.
"""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx2
from filelock import FileLock, Timeout
from huggingface_hub import HfApi, get_hf_file_metadata, get_session, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

from translate import contents, installation, models
from translate.conversion import WEIGHTS
from translate.errors import FetchFailed, ModelDamaged
from translate.models import Model

ENDPOINT = "https://huggingface.co"
# Called with the file in hand, the bytes that have arrived, and the bytes of all files.
Progress = Callable[[str, int, int], None]
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the hub; ``digest`` is its sha256 or git blob id, empty where the hub tells neither."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the hub would send for a model: its commit, licence and files, small ones first."""

    name: str
    revision: str
    licence: str
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def ask(
    name: str, *, endpoint: str = ENDPOINT, revision: str = "main", token: str | None = None, timeout: float
) -> Offer:
    """
    What a fetch would bring, without fetching it.

    ``name`` is a hub name; without an owner it is Helsinki-NLP's. ``timeout``
    is in seconds, for each wait on the network.

    Raises FetchFailed, or ModelDamaged where the hub has another kind of model there.
    """
    name = models.hub_name(name)
    contents.check_direction(*contents.direction_of_name(name), "its name", multilingual=False)
    with _explained(name, endpoint, revision):
        info = HfApi(endpoint=endpoint, token=token or False).model_info(
            name, revision=revision, files_metadata=True, timeout=timeout
        )
        listed = {sibling.rfilename: sibling for sibling in info.siblings or []}
        for path in map(PurePosixPath, listed):
            if path.is_absolute() or ".." in path.parts or "\\" in str(path):
                raise FetchFailed(f"{endpoint} lists {str(path)!r}, outside the model; nothing was fetched.")
        weights = next((file for file in WEIGHTS if file in listed), None)
        missing = [file for file in models.MARIAN_FILES[:4] if file not in listed]
        if weights is None or missing:
            raise ModelDamaged(
                f"{name} at {endpoint} is no Marian model that Muwazi can use: it has no "
                f"{', '.join([*missing, *([] if weights else [' or '.join(WEIGHTS)])])}."
            )
        commit = info.sha or revision
        files = []
        for file in (*(f for f in models.MARIAN_FILES if f in listed), weights):
            sibling = listed[file]
            size, digest = sibling.size, sibling.lfs.sha256 if sibling.lfs else sibling.blob_id
            if size is None or digest is None:  # Some mirrors list names only; the file itself knows.
                url = hf_hub_url(name, file, revision=commit, endpoint=endpoint)
                head = get_hf_file_metadata(url, token=token or False, timeout=timeout, endpoint=endpoint)
                size, digest = head.size, head.etag or ""
            if size is None:
                raise FetchFailed(f"{endpoint} does not say how large {file} of {name} is.")
            files.append(RemoteFile(file, size, digest if len(digest) in (40, 64) else ""))
    licence = next(
        (tag.removeprefix("license:") for tag in info.tags or [] if tag.startswith("license:")), ""
    )
    return Offer(name, commit, licence, tuple(files))


def fetch(
    name: str,
    *,
    folder: Path,
    endpoint: str = ENDPOINT,
    revision: str = "main",
    token: str | None = None,
    timeout: float,
    progress: Progress | None = None,
) -> Model:
    """
    Download a model into ``folder``, convert it to CTranslate2 int8, and return it.

    Every file is compared with the digest that the hub gives; only a whole and
    usable model appears in ``folder``. A fetch that was broken off goes on
    where it stopped. A model that is there already, in the same revision and
    sound, is returned as it is.

    Raises FetchFailed, or ModelDamaged where the model is of another kind.
    """
    offer = ask(name, endpoint=endpoint, revision=revision, token=token, timeout=timeout)
    if (present := _installed(offer, folder)) is not None:
        return present
    staging = installation.staging_folder(folder, offer.name, offer.revision)
    with _explained(offer.name, endpoint, revision, folder=folder, needed=_needed(offer, staging)):
        staging.mkdir(parents=True, exist_ok=True)
        with _alone(staging):
            for other in staging.parent.glob(f"{staging.name.partition('@')[0]}@*"):
                if other.is_dir() and other != staging:
                    shutil.rmtree(other)
            needed, free = _needed(offer, staging), shutil.disk_usage(folder).free
            if free < needed:
                raise OSError(errno.ENOSPC, "too little space")
            _download_all(offer, staging, endpoint, token, timeout, progress or (lambda *_: None))
            try:
                return installation.install(
                    staging,
                    folder=folder,
                    name=offer.name,
                    revision=offer.revision,
                    origin=f"{endpoint.rstrip('/')}/{offer.name}",
                    licence=offer.licence,
                )
            except ModelDamaged:
                shutil.rmtree(staging)
                raise


def _installed(offer: Offer, folder: Path) -> Model | None:
    home = folder / models.installed_name(offer.name)
    try:
        if not home.is_dir():
            return None
        model = models.find(home.name, folder=folder)
        models.verify(model)
    except ModelDamaged:
        return None
    return model if model.revision == offer.revision and model.ct2 else None


def _needed(offer: Offer, staging: Path) -> int:
    """Bytes of disk still needed: what has not arrived, and at most half the weights for the int8 form."""
    arrived = sum(path.stat().st_size for path in staging.glob("*") if path.is_file())
    return max(offer.size - arrived, 0) + offer.files[-1].size // 2


@contextmanager
def _alone(staging: Path) -> Iterator[None]:
    """Two fetches of one model at once would write into each other's files."""
    lock = FileLock(staging.with_name(f"{staging.name}.lock"), timeout=0)
    try:
        with lock:
            yield
    except Timeout as error:
        raise FetchFailed(
            f"Another fetch of {staging.name.partition('@')[0]} is going on; wait until it has finished."
        ) from error


def _download_all(
    offer: Offer, staging: Path, endpoint: str, token: str | None, timeout: float, progress: Progress
) -> None:
    done = 0
    for file in offer.files:
        destination = staging / file.name
        if not (destination.is_file() and destination.stat().st_size == file.size):
            headers = {"Accept-Encoding": "identity"} | (
                {"Authorization": f"Bearer {token}"} if token else {}
            )
            url = hf_hub_url(offer.name, file.name, revision=offer.revision, endpoint=endpoint)
            part = staging / f"{file.name}.part"
            before = done  # a name of its own for the function below

            def report(size: int, name: str = file.name, before: int = before) -> None:
                progress(name, before + size, offer.size)

            _download(url, headers, part, file, timeout, report)
            _check(part, file)
            part.rename(destination)
        done += file.size
        progress(file.name, done, offer.size)
        if file.name == "config.json":  # Small, and tells early whether the rest is worth fetching.
            try:
                contents.read_config(staging)
            except ModelDamaged:
                shutil.rmtree(staging)
                raise


def _download(
    url: str,
    headers: dict[str, str],
    part: Path,
    file: RemoteFile,
    timeout: float,
    report: Callable[[int], None],
) -> None:
    """Append what is missing to ``part``, over a new connection as long as each brings more bytes."""
    part.touch()
    if part.stat().st_size > file.size:
        part.write_bytes(b"")
    while (have := part.stat().st_size) < file.size:
        asked = headers | {"Range": f"bytes={have}-"} if have else headers
        try:
            with get_session().stream("GET", url, headers=asked, timeout=timeout) as response:
                response.raise_for_status()
                resumed = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
                with part.open("ab" if resumed else "wb") as out:
                    for chunk in response.iter_raw():  # As it comes: a dropped connection loses nothing.
                        out.write(chunk)
                        report(out.tell())
            if part.stat().st_size <= have:
                raise FetchFailed(f"Nothing more of {file.name} came after {have} bytes; fetch again later.")
        except httpx2.TransportError:
            if part.stat().st_size <= have:
                raise


def _check(part: Path, file: RemoteFile) -> None:
    sound = models.matches(part, file.digest) if file.digest else part.stat().st_size == file.size
    if not sound:
        part.unlink()
        raise FetchFailed(
            f"{file.name} arrived corrupted: its digest is not {file.digest or file.size}. "
            "It was deleted; fetch again to get it anew."
        )


@contextmanager
def _explained(
    name: str, endpoint: str, revision: str, *, folder: Path | None = None, needed: int = 0
) -> Iterator[None]:
    """Turn what the network, the hub and the disk raise into a FetchFailed that says what to do."""
    elsewhere = "Everything else works offline."
    resumed = " What has arrived is kept: fetch again to go on from there." if folder else ""
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise FetchFailed(f"HF_HUB_OFFLINE is set, so {name} is not fetched. Unset it to fetch.") from error
    except HFValidationError as error:
        raise FetchFailed(f"{name!r} is no hub name; one looks like Helsinki-NLP/opus-mt-ar-en.") from error
    except (HfHubHTTPError, httpx2.HTTPStatusError) as error:
        raise FetchFailed(_refusal(error.response.status_code, name, endpoint, revision)) from error
    except httpx2.TimeoutException as error:
        raise FetchFailed(f"{endpoint} did not answer in time.{resumed} {elsewhere}") from error
    except httpx2.HTTPError as error:
        raise FetchFailed(f"{endpoint} cannot be reached ({error}).{resumed} {elsewhere}") from error
    except OSError as error:
        if error.errno in _FULL and folder is not None:
            raise FetchFailed(
                f"The disk is full: {name} needs {needed} more bytes in {folder}, and "
                f"{shutil.disk_usage(folder).free} are free. Make room and fetch again, or choose another "
                f"folder with MUWAZI_MODELS. To drop what has arrived: muwazi model remove {name}"
            ) from error
        raise FetchFailed(f"{name} could not be stored in {folder}: {error}.") from error
    except (ValueError, TypeError, KeyError) as error:
        if folder is not None:
            raise
        raise FetchFailed(f"{endpoint} does not answer as a model hub does ({error}).") from error


def _refusal(status: int, name: str, endpoint: str, revision: str) -> str:
    match status:
        case 401 | 403 | 404:
            return (
                f"{endpoint} has no model {name} at revision {revision!r} for you (HTTP {status}). "
                "Check the spelling; if it is private or gated, set HF_TOKEN."
            )
        case 429:
            return f"{endpoint} has had too many requests from here (HTTP 429); try again in some minutes."
    return f"{endpoint} refused {name} (HTTP {status}); try again later. Everything else works offline."
