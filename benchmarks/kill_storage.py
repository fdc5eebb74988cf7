"""
Kill a working server process at random moments, and see that nothing acknowledged is lost or doubled.

    python benchmarks/kill_storage.py --kills 20                          # SQLite
    python benchmarks/kill_storage.py --kills 20 --postgresql             # a server started for this
    python benchmarks/kill_storage.py --kills 20 --database postgresql://…  # an empty database of yours

A process translates articles with the built-in model while it adds articles,
corrects, undoes and edits beads, and says what the store has acknowledged. It is
killed (SIGKILL) at a random moment after a random number of acknowledgements, a
third of the times while it starts, and started again. After each kill everything
acknowledged so far is looked up in the database, and `muwazi db check` has to
find nothing. In the end a last process finishes the work: every sentence must
have exactly one translation.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.store import Store

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE_S = 600
_EDITS = {"correct", "undo", "beads", "reference"}
_CHANGES = {"add", *_EDITS}


@dataclass(slots=True)
class Figures:
    """What one run saw; ``redone`` sentences were decoded again, as a kill came before their save."""

    kills: int = 0
    kills_at_start: int = 0
    articles: int = 0
    edits: int = 0
    sentences: int = 0
    decoded: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def redone(self) -> int:
        return self.decoded - self.sentences

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.kills_at_start} while starting): {self.articles} articles, "
            f"{self.edits} edits and {self.sentences} translations acknowledged, "
            f"{len(self.problems)} lost or doubled; {self.redone} sentences decoded again"
        )


def run(
    url: str,
    *,
    kills: int,
    seed: int,
    most: int = 40,
    articles: int = 12,
    watch: Callable[[Figures], None] | None = None,
) -> Figures:
    """
    Do it all on an empty database.

    A life is to acknowledge ``most`` changes at most before its end; ``watch`` is called after each kill.
    """
    dice = random.Random(seed)
    figures = Figures()
    told: list[dict[str, object]] = []

    def count() -> Figures:
        figures.articles = sum(line["did"] == "add" for line in told)
        figures.edits = sum(line["did"] in _EDITS for line in told)
        figures.sentences = len({line["segment"] for line in told if line["did"] == "show"})
        figures.decoded = sum(int(str(line["count"])) for line in told if line["did"] == "decode")
        return figures

    for _ in range(kills):
        starting = dice.random() < 1 / 3
        _live(url, dice, told, most, articles, starting=starting)
        figures.kills += 1
        figures.kills_at_start += starting
        figures.problems += _verify(url, told, figures.kills)
        if watch is not None:
            watch(count())
    _live(url, dice, told, None, articles, starting=False)
    figures.problems += _verify(url, told, figures.kills, finished=True)
    return count()


def _live(
    url: str,
    dice: random.Random,
    told: list[dict[str, object]],
    most: int | None,
    articles: int,
    *,
    starting: bool,
) -> None:
    """One life of the working process, its end a kill where ``most`` is set."""
    process = subprocess.Popen(
        [
            sys.executable,
            __file__,
            "--work",
            url,
            "--articles",
            str(articles),
            "--seed",
            str(dice.randrange(10**9)),
            *(("--finish",) if most is None else ()),
        ],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    # In its start the process makes or checks the tables; then it claims what the last one left.
    moment = threading.Event()
    left = 1 if starting else 2 + dice.randrange(most or 1)
    delay_s = dice.uniform(0, 0.5)

    shown = {line["segment"] for line in told if line["did"] == "show"}

    def listen() -> None:
        assert process.stdout is not None
        news = 0
        for line in process.stdout:
            if not line.endswith("\n"):
                break  # The kill came while the process was speaking: this was not acknowledged.
            said = json.loads(line)
            told.append(said)
            # A new process tells once more what is shown already.
            news += said["did"] != "decode" and not (said["did"] == "show" and said["segment"] in shown)
            if news >= left:
                moment.set()

    listener = threading.Thread(target=listen)
    listener.start()
    if most is not None and moment.wait(_PATIENCE_S):
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
    if process.wait(_PATIENCE_S) != (0 if most is None else -signal.SIGKILL):
        listener.join()
        raise SystemExit(f"The working process ended by itself with {process.returncode}: see above.")
    listener.join()


def _verify(url: str, told: list[dict[str, object]], kills: int, *, finished: bool = False) -> list[str]:
    """What of the acknowledged is not there as it was acknowledged."""
    from web.errors import NotFound
    from web.store import Store
    from web.store.checking import check
    from web.store.database import Database

    database = Database(url)
    problems = check(database) if database.revision() else []
    database.close()
    store = Store.open(url)
    try:
        histories: dict[int, dict[int, str | None]] = {}
        revisions: dict[int, int] = {}
        shown: dict[int, tuple[int, str]] = {}
        # An article that was kept is there though the kill cut off its acknowledgement.
        for entry in store.entries():
            arrivals = store.rows_since(entry.id, 0)
            shown |= {row.segment.id: (n, row.machine.text) for n, row in arrivals if row.machine}
            if finished and (entry.translated, len(arrivals)) != (entry.wanted,) * 2:
                problems.append(f"Article {entry.id} is finished with sentences left.")
            if finished and any(job.active for job in store.jobs(entry.id)):
                problems.append(f"Article {entry.id} is finished with a job left.")
        for line in told:
            match line["did"]:
                case "add":
                    try:
                        store.article(int(str(line["article"])))
                    except NotFound:
                        problems.append(f"Article {line['article']} was acknowledged and is lost.")
                case "correct" | "undo":
                    number = int(str(line["segment"]))
                    if number not in histories:
                        histories[number] = {each.version: each.text for each in store.history(number)}
                    version = int(str(line["version"]))
                    if histories[number].get(version, "(lost)") != line["text"]:
                        problems.append(
                            f"Version {version} of sentence {number} is not what was acknowledged."
                        )
                case "reference" | "beads":
                    revisions[int(str(line["reference"]))] = int(str(line["revision"]))
        for line in told:
            if line["did"] != "show":
                continue
            if shown.get(int(str(line["segment"]))) != (line["sequence"], line["text"]):
                problems.append(f"The translation of sentence {line['segment']} is not what was shown.")
        problems += _doubled(store, told, kills)
        for number, revision in revisions.items():
            if store.reference(number).revision < revision:
                problems.append(f"Revision {revision} of reference {number} was acknowledged and is lost.")
    finally:
        store.close()
    return problems


def _doubled(store: "Store", told: list[dict[str, object]], kills: int) -> list[str]:
    """A kill may cut off the answer to one change that was kept: more than that is something done twice."""
    stored = [store.article(entry.id) for entry in store.entries()]
    kept = len(stored)
    for article in stored:
        kept += sum(row.version for row in article.rows)
        kept += sum(reference.revision for reference in store.references(article.entry.id))
    acknowledged = sum(line["did"] in _CHANGES for line in told)
    if not 0 <= kept - acknowledged <= kills:
        return [f"{kept} changes are there, and {acknowledged} were acknowledged in {kills} lives."]
    return []


def work(url: str, *, articles: int, seed: int, finish: bool) -> None:
    """What is killed: translate, edit, and say what is kept; with ``finish``, end when the work is done."""
    import translate
    from translate import reading
    from translate.text import Translation
    from web.desk import TranslationDesk
    from web.jobs import Jobs
    from web.records import StoredBead
    from web.store import Store

    speaking = threading.Lock()

    def tell(did: str, **what: object) -> None:
        with speaking:
            sys.stdout.write(json.dumps({"did": did, **what}, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    class Desk(TranslationDesk):
        """The real desk, which says how much it is asked for."""

        def translate(self, texts: Sequence[str], *rest: Any, **more: Any) -> list[Translation]:
            tell("decode", count=len(texts))
            return super().translate(texts, *rest, **more)

    dice = random.Random(seed)
    tell("begin")
    store = Store.open(url)
    translator = translate.load("builtin", beam=1, threads=1)
    desk = Desk(translator.settings, translator=translator)
    jobs = Jobs(store, desk, workers=2, poll_seconds=0.2)
    jobs.start()
    tell("ready")
    seen = {entry.id: 0 for entry in store.entries()}
    source = [reading.read(path) for path in sorted((ROOT / "seeds").glob("*.txt"))]

    def edit() -> None:
        entries = store.entries()
        if len(entries) < articles and (not entries or dice.random() < 0.3):
            made = store.add_article(dice.choice(source), origin="paste")
            tell("add", article=made.id)
            jobs.enqueue(made.id)
            seen[made.id] = 0
            return
        stored = store.article(dice.choice(entries).id)
        row = dice.choice(stored.rows)
        match dice.randrange(4):
            case 0 | 1:
                kept = store.correct(row.segment.id, f"Correction {dice.random()}", version=row.version)
                tell("correct", segment=row.segment.id, version=kept.version, text=kept.text)
            case 2 if row.correction is not None and row.correction.text is not None:
                kept = store.undo(row.segment.id, version=row.version)
                tell("undo", segment=row.segment.id, version=kept.version, text=kept.text)
            case _:
                references = store.references(stored.entry.id)
                if references:
                    beads = [
                        StoredBead(bead.source, bead.target, dice.random(), "edited")
                        for bead in references[0].beads
                    ]
                    edited = store.save_beads(references[0].id, beads, revision=references[0].revision)
                    tell("beads", reference=edited.id, revision=edited.revision)
                else:
                    english = reading.from_text("One sentence. And another.", id="reference")
                    bead = StoredBead(range(len(stored.rows)), range(len(english.segments)), 1.0)
                    added = store.add_reference(stored.entry.id, "reference", english, [bead])
                    tell("reference", reference=added.id, revision=added.revision)

    def look() -> None:
        """Say what a reader who follows the articles has been shown."""
        for number, sequence in list(seen.items()):
            for arrival in store.rows_since(number, sequence):
                row = arrival.row
                if row.machine is not None:
                    tell("show", segment=row.segment.id, sequence=arrival.sequence, text=row.machine.text)
                seen[number] = arrival.sequence

    # An article whose adding was kept and whose job was not: whoever added it got no answer, and asks again.
    for entry in store.entries():
        if entry.translated < entry.wanted and not any(job.active for job in store.jobs(entry.id)):
            jobs.enqueue(entry.id)
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        if not finish or len(store.entries()) < articles:
            edit()
        look()
        if finish and len(store.entries()) >= articles and not store.active_jobs():
            break
        time.sleep(dice.uniform(0, 0.02))
    look()
    jobs.close()
    desk.close()
    store.close()


@contextmanager
def temporary_postgresql(*, fsync: bool = True) -> Iterator[str]:
    """
    A PostgreSQL server of its own on a free port, and the URL of an empty database in it.

    PostgreSQL refuses to run as root: then it runs as nobody. Without ``fsync`` it is quicker and
    would not survive a power cut. Raises FileNotFoundError where there is none.
    """
    programs = postgresql_programs()
    if programs is None:
        raise FileNotFoundError("No PostgreSQL server is installed (initdb and postgres).")
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="muwazi-pg-", dir="/tmp"))
    server = None
    try:
        if user is not None:
            shutil.chown(folder, user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ("-E", "UTF8", "--locale=C", "--no-sync")
        listening = ("-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", f"fsync={fsync}")
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "user": user, "cwd": folder}
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "muwazi", "-A", "trust", *options],
            check=True,
            stderr=subprocess.PIPE,
            **quiet,
        )
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, *listening],
            stderr=subprocess.DEVNULL,
            **quiet,
        )
        url = f"postgresql://muwazi@127.0.0.1:{port}/postgres"
        _await_server(url)
        yield url
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # At once: nobody needs its data any more.
            server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def postgresql_programs() -> Path | None:
    """Where initdb and postgres are: on the path, or in Debian's place."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(
        (place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None
    )


def create_database(url: str, name: str) -> str:
    """An empty database in the server of a URL; its own URL."""
    from sqlalchemy import create_engine, make_url, text

    server = make_url(url).set(drivername="postgresql+pg8000")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _await_server(url: str) -> None:
    from web.errors import StorageFailed
    from web.store.database import Database

    database = Database(url)
    for _ in range(300):
        try:
            database.revision()
            break
        except StorageFailed:
            time.sleep(0.1)
    else:
        raise SystemExit("The PostgreSQL server did not start in half a minute.")
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].strip())
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=40, help="what a life acknowledges at most")
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--database")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--finish", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # A server started for this ends with it.
    if given.work:
        work(given.work, articles=given.articles, seed=given.seed, finish=given.finish)
        return
    chosen: dict[str, Any] = {
        "kills": given.kills,
        "seed": given.seed,
        "most": given.most,
        "articles": given.articles,
        "watch": lambda figures: print(figures, file=sys.stderr, flush=True),
    }
    if given.database:
        figures = run(given.database, **chosen)
    elif given.postgresql:
        with temporary_postgresql() as url:
            figures = run(url, **chosen)
    else:
        with tempfile.TemporaryDirectory() as folder:
            figures = run(f"sqlite:///{folder}/muwazi.db", **chosen)
    for problem in figures.problems:
        print(problem)
    print(figures)
    sys.exit(bool(figures.problems))


if __name__ == "__main__":
    main()
