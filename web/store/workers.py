"""Who holds a job, written so that another process can tell whether the holder still lives."""

import os
import socket
from functools import lru_cache
from itertools import count
from pathlib import Path

_numbers = count(1)


def worker_name() -> str:
    """A new name for a worker of this process: the machine, the process, its start, a number."""
    return "|".join((_machine(), str(os.getpid()), _started(os.getpid()) or "", str(next(_numbers))))


def is_dead(worker: str) -> bool:
    """
    Whether the worker's process is known to have ended: it was on this machine, and is gone.

    False where it lives, or nobody can tell: its lease has to run out.
    """
    machine, _, rest = worker.partition("|")
    number, _, rest = rest.partition("|")
    started = rest.partition("|")[0]
    if machine != _machine() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    # The number may have gone to another process since; a dead one not yet reaped still has its number.
    now = _started(int(number))
    return bool(started) and now is not None and now != started


def _machine() -> str:
    return _place(os.getpid())


@lru_cache(maxsize=4)
def _place(_process: int) -> str:
    """The host since its start, and the name space in which process numbers mean something."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        pass  # Not Linux: the host's name has to do.
    return "/".join(parts)


def _started(process: int) -> str | None:
    """When a process began, in ticks since the machine did; "" for one that has ended; None unknown."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = fields.rpartition(")")[2].split()
    return "" if state in {"Z", "X"} else rest[18]
