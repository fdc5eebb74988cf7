"""`muwazi serve`: the reader and the translate endpoints, on this machine unless told otherwise."""

import errno
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from translate.errors import BadInput, MuwaziError
from translate.settings import COMPUTE_TYPES, DEVICES, ENGINES

if TYPE_CHECKING:
    from flask import Flask

    from web.runtime import Runtime

_NEXT_PORTS = 20  # How many ports after the default one are tried.
_CONNECTIONS = 1_000
_SEEDS = Path(__file__).resolve().parents[1] / "seeds"
_BEGINNER = "seeds begun by"  # The setting that names the worker, until all is in the library.
_REFERENCE = "Reference"  # What the seeds' own translations are called.


@click.command()
@click.option("--host", help="Address to listen on; 0.0.0.0 is every address.  [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65_535), help="0 is any free one.  [default: 5000, or the next free]"
)
@click.option("--database", help="A database's URL.  [default: SQLite in the user's data folder]")
@click.option("--model", help="A model's name, a hub name or a folder.  [default: the best installed]")
@click.option("--engine", type=click.Choice(ENGINES), help="[default: ct2]")
@click.option("--device", type=click.Choice(DEVICES), help="[default: auto]")
@click.option("--compute-type", type=click.Choice(COMPUTE_TYPES), help="[default: auto]")
@click.option("--beam", type=click.IntRange(1, 32), help="Hypotheses kept while searching; 1 is greedy.")
@click.option("--threads", type=click.IntRange(0), help="CPU threads in all; 0 is one per core.")
@click.option(
    "--keys-required",
    is_flag=True,
    default=None,
    help="Refuse programs without an API key (see muwazi key), and browsers too, which ask for it as a "
    "password, with any name; but those on this machine see pages without, unless --hosts names others.",
)
@click.option(
    "--rate-per-minute", type=click.IntRange(0), help="Requests a minute of one caller; 0 is no limit."
)
@click.option(
    "--cors-origins", help="Origins whose pages may call the translate endpoints, with commas, or *."
)
@click.option("--hosts", help="Names, with commas, under which other machines may ask for this one.")
@click.option("--log-texts", is_flag=True, default=None, help="Write what is translated into the log.")
@click.option("--seeds/--no-seeds", default=None, help="Whether a new library begins with the five seeds.")
@click.option("--open", "opens", is_flag=True, help="Open the reader in a browser, where there is a screen.")
@click.option("--quiet", is_flag=True, help="Log warnings only.")
def serve(
    host: str | None,
    port: int | None,
    database: str | None,
    keys_required: bool | None,
    rate_per_minute: int | None,
    cors_origins: str | None,
    hosts: str | None,
    log_texts: bool | None,
    seeds: bool | None,
    opens: bool,
    quiet: bool,
    **translator_flags: Any,
) -> None:
    """
    Serve the reader for browsers, and translation for programs (LibreTranslate's and DeepL's API).

    Settings come from flags, MUWAZI_WEB_* and [web] in muwazi.toml. Stops at
    Ctrl-C or SIGTERM, when what is under way is finished.
    """
    from translate.settings import load_settings
    from web.app import create_app
    from web.logs import start_logging
    from web.settings import load_web_settings

    file = Path("muwazi.toml")
    settings = load_web_settings(
        os.environ,
        file,
        host=host,
        port=port,
        database=database,
        keys_required=keys_required,
        rate_per_minute=rate_per_minute,
        cors_origins=cors_origins,
        hosts=hosts,
        log_texts=log_texts,
        seeds=seeds,
    )
    is_chosen = port is not None or settings.port != 5000
    listening = bind(settings.host, settings.port, 1 if is_chosen else _NEXT_PORTS)
    start_logging(level=logging.WARNING if quiet else logging.INFO)
    app = create_app(settings, load_settings(os.environ, file, **translator_flags))
    here: Runtime = app.extensions["muwazi"]
    if settings.seeds and (references := add_seeds(here, _SEEDS)):
        threading.Thread(target=add_references, args=(here, references), daemon=True).start()
    server = make_server(app, listening=listening, threads=settings.threads)
    address = listening.getsockname()
    name = f"[{address[0]}]" if ":" in address[0] else address[0]
    click.echo(f"Muwazi is ready on http://{name}:{address[1]}/ ({here.desk.label}). Ctrl-C stops it.")
    sys.stdout.flush()
    if opens and _has_screen(os.environ):
        click.launch(f"http://{name}:{address[1]}/")  # The socket listens already: no request comes too soon.
    if not settings.is_local and not settings.keys_required:
        click.echo("muwazi: other machines can reach this server, and no key is asked of them.", err=True)
    Stopping(server, here, settings.stop_seconds).run()


def _has_screen(environ: Mapping[str, str]) -> bool:
    return sys.platform in {"darwin", "win32"} or bool(
        environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    )


def bind(host: str, port: int, tries: int = 1) -> socket.socket:
    """
    A socket that listens on ``port``, or on one of the ``tries - 1`` ports after it.

    Raises BadInput where the address cannot be had, saying why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, port + tries):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            # Two servers may bind one port under SO_REUSEADDR where neither listens yet.
            listening.listen(1024)
        except OSError as error:
            listening.close()
            if error.errno == errno.EADDRINUSE:
                continue
            raise BadInput(
                f"Cannot listen on {host} port {number}: {error.strerror}. "
                "Choose others with --host and --port."
            ) from error
        return listening
    if tries == 1:
        raise BadInput(
            f"Port {port} on {host} is busy: another program listens there. Choose one with --port, "
            "or --port 0 for any that is free."
        )
    raise BadInput(f"Ports {port} to {port + tries - 1} on {host} are all busy. Choose one with --port.")


def make_server(
    app: "Flask",
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    listening: socket.socket | None = None,
    threads: int = 32,
) -> Any:
    """
    Waitress for ``app``, on a bound socket or on ``host`` and ``port``: ``run()`` serves.

    A thread holds each request that waits for the model and each open stream, so
    there are more threads than places in the desk's queue.
    """
    from waitress.server import create_server

    from web.bodies import LingeringChannel
    from web.dispatching import GrowingDispatcher

    server: Any = create_server(
        app,
        _dispatcher=GrowingDispatcher(threads),
        sockets=[listening or bind(host, port)],
        ident="muwazi",
        connection_limit=_CONNECTIONS,
        backlog=1024,
        asyncore_use_poll=True,
        channel_request_lookahead=1,  # So that a client that hangs up is seen.
        channel_timeout=60,  # A request that trickles in is cut off.
        cleanup_interval=10,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1,
        max_request_header_size=64 * 1024,
        clear_untrusted_proxy_headers=True,
    )
    server.channel_class = LingeringChannel
    return server


def stop_server(server: Any, thread: threading.Thread) -> None:
    """End a server that runs in ``thread``, connections and all."""
    server.task_dispatcher.shutdown(timeout=1)
    with suppress(OSError):
        server.pull_trigger()
    server.close()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    thread.join(5)


class Stopping:
    """
    Runs a server until somebody says stop: then takes no more, finishes what is under way, and ends.

    A second signal ends at once.
    """

    def __init__(self, server: Any, here: "Runtime", finish_s: float) -> None:
        self._server = server
        self._here = here
        self._finish_s = finish_s
        self._asked = threading.Event()

    def run(self) -> None:
        """Serve; returns when everything is closed. Call it from the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        serving = threading.Thread(target=self._server.run, name="server", daemon=True)
        serving.start()
        while serving.is_alive() and not self._asked.wait(1.0):
            pass
        click.echo("muwazi: stopping; what is under way is finished first.", err=True)
        self._stop_listening()
        self._here.stop()
        self._finish()
        self._here.close()

    def _ask(self, _signal: int, _frame: object) -> None:
        if self._asked.is_set():
            click.echo("muwazi: stopped at once.", err=True)
            sys.stderr.flush()
            os._exit(130)
        self._asked.set()

    def _stop_listening(self) -> None:
        """New connections are refused; those that are there go on. The server's own thread does it."""
        from waitress import wasyncore

        self._server.trigger.pull_trigger(lambda: wasyncore.dispatcher.close(self._server))

    def _finish(self) -> None:
        """Wait, for a while, until no request is being answered and every answer is on its way."""
        until = time.monotonic() + self._finish_s
        while time.monotonic() < until and (
            self._server.task_dispatcher.active_count
            or any(channel.total_outbufs_len for channel in list(self._server.active_channels.values()))
        ):
            time.sleep(0.05)


def add_seeds(here: "Runtime", folder: Path) -> dict[int, Path]:
    """
    Put the articles of ``folder`` into a library that has never had one, and have them translated.

    Where an earlier start was stopped before it was through with that, this one goes on.

    Returns each one's number and where a reference translation of it would be;
    nothing where there is no such folder. A file that cannot be read is left out,
    and the log says so.
    """
    from translate import reading
    from web.logs import log
    from web.store.workers import is_dead, worker_name

    if not folder.is_dir():
        return {}
    beginner = here.store.setting(_BEGINNER)
    if not (beginner and is_dead(beginner)) and (here.store.entries() or here.store.entries(deleted=True)):
        return {}
    here.store.save_setting(_BEGINNER, worker_name())
    added = {}
    for file in sorted(folder.glob("*.txt")):
        try:
            # Where the seeds lie on this machine is nobody's business who reads an export.
            article = replace(reading.read(file), source=file.name)
            entry = here.store.add_article(article, origin="seed")
        except MuwaziError as error:
            log("seed left out", level=logging.WARNING, file=file.name, why=str(error))
            continue
        if entry.deleted or entry.references:
            continue
        if entry.translated < entry.wanted:
            here.jobs.enqueue(entry.id)
        added[entry.id] = folder / "references" / f"{file.stem}.en.txt"
    return added


def add_references(here: "Runtime", files: Mapping[int, Path]) -> None:
    """
    Align each article with its reference translation once it is translated: our English is the bridge.

    Returns early when the server stops; for a thread of its own.
    """
    from translate import reading
    from web import compare
    from web.logs import log

    waiting = {article: file for article, file in files.items() if file.is_file()}
    while waiting and not here.stopping.wait(0.5):
        for article, file in list(waiting.items()):
            try:
                if any(job.status in {"queued", "running"} for job in here.store.jobs(article)):
                    continue
                del waiting[article]
                text = reading.decode(file.read_bytes())
                compare.add_reference(
                    here.store,
                    here.store.article(article),
                    _REFERENCE,
                    text,
                    translator=here.desk.reader,
                )
            except (MuwaziError, OSError) as error:
                waiting.pop(article, None)
                log("reference left out", level=logging.WARNING, file=file.name, why=str(error))
    if not waiting:
        with suppress(MuwaziError):  # Left unsaid, it is only looked at once more.
            here.store.save_setting(_BEGINNER, "")
