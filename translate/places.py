"""Where a command may write what its work will make."""

import os
from collections.abc import Sequence
from pathlib import Path

from translate.errors import BadInput


def check_place(place: Path, inputs: Sequence[Path]) -> None:
    """
    Make the folder of a file that will be written, before the work whose result it is to hold.

    Raises BadInput where that is impossible, the file is a folder, or one of the inputs.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"Cannot write {place}: {error.strerror}. Choose another place with -o.") from error
    if place.is_dir():
        raise BadInput(f"{place} is a folder. Name a file in it with -o.")
    if not place.exists():
        return
    if any(path.samefile(place) for path in inputs if path.exists()):
        raise BadInput(f"{place} is one of the inputs, and would be lost. Choose another place with -o.")
    if not os.access(place, os.W_OK):
        raise BadInput(f"Cannot write {place}: it may only be read. Choose another place with -o.")
