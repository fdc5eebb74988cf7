"""
Moving sentences between beads, with the moves that InterText's users know.

Every move takes beads and gives beads; nothing is stored here. Sentences keep
their order and none gets lost, so that beads which covered both texts still do.
A pinned bead stays as it is: moves go around it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from translate.errors import BadInput
from web.records import StoredBead

Side = Literal["source", "target"]
Action = Literal["push_down", "pull_up", "merge", "split", "insert", "pin", "unpin"]
SIDES: tuple[str, ...] = get_args(Side)
ACTIONS: tuple[str, ...] = get_args(Action)
BY_HAND = "set by hand"
"""The reason that a bead carries once a person has moved its sentences."""

_NAMES = {"source": "Arabic", "target": "English"}


@dataclass(slots=True)
class _Cell:
    """How many sentences a bead has on each side; where they stand follows from the beads before."""

    source: int
    target: int
    score: float = 1.0
    reason: str = BY_HAND
    pinned: bool = False

    def count(self, side: str) -> int:
        return self.source if side == "source" else self.target

    def add(self, side: str, sentences: int) -> None:
        """Change one side by so many sentences; what the aligner thought of the bead no longer holds."""
        if side == "source":
            self.source += sentences
        else:
            self.target += sentences
        self.score, self.reason = 1.0, BY_HAND

    @property
    def is_empty(self) -> bool:
        return not self.source and not self.target


def edit(beads: Sequence[StoredBead], action: str, bead: int, side: str = "target") -> tuple[StoredBead, ...]:
    """
    The beads after one move at number ``bead``, counted from 0.

    - ``push_down``: the last sentence of ``side`` goes to the bead below;
    - ``pull_up``: the first sentence of ``side`` goes to the bead above;
    - ``merge``: the bead and the one below become one;
    - ``split``: the first sentence of each side stays, the others become a bead of their own;
    - ``insert``: ``side`` becomes empty here, and what stood there moves one bead down, as does
      what it meets, until an empty side, a pinned bead or the end of the text takes it;
    - ``pin``, ``unpin``: keep the bead as it is, or let it go.

    Raises BadInput where there is no such bead, action or side, where the bead
    is pinned, or where nothing would move.
    """
    if action not in ACTIONS:
        raise BadInput(f"There is no action {action!r} on a pair; there are {', '.join(ACTIONS)}.")
    if side not in SIDES:
        raise BadInput(f"A pair has no side {side!r}; its sides are source and target.")
    if not 0 <= bead < len(beads):
        raise BadInput(f"There is no pair {bead}; they are counted from 0 to {len(beads) - 1}.").because(
            "no_pair"
        )
    cells = [_Cell(len(b.source), len(b.target), b.score, b.reason, b.pinned) for b in beads]
    if action not in ("pin", "unpin"):
        _check_free(cells[bead])
    _MOVES[action](cells, bead, side)
    return _placed(cells)


def _alone(side: str, sentences: int) -> _Cell:
    """A bead of one side only."""
    return _Cell(sentences, 0) if side == "source" else _Cell(0, sentences)


def _push_down(cells: list[_Cell], here: int, side: str) -> None:
    _move(cells, here, side, here + 1)


def _pull_up(cells: list[_Cell], here: int, side: str) -> None:
    _move(cells, here, side, here - 1)


def _move(cells: list[_Cell], here: int, side: str, there: int) -> None:
    """One sentence over the border; a bead of its own where nothing free lies beyond it."""
    cell = cells[here]
    if not cell.count(side):
        raise BadInput(f"This pair has no {_NAMES[side]} sentence that could move.").because("move_none")
    if 0 <= there < len(cells) and not cells[there].pinned:
        cells[there].add(side, 1)
    elif cell.source + cell.target == 1:
        raise BadInput("The sentence stands alone already, and there is no free pair to move it to.").because(
            "move_alone"
        )
    else:
        cells.insert(max(there, here), _alone(side, 1))
    cell.add(side, -1)


def _merge(cells: list[_Cell], here: int, _side: str) -> None:
    if here + 1 == len(cells):
        raise BadInput("This is the last pair: there is none below to merge it with.").because("merge_last")
    below = cells.pop(here + 1)
    _check_free(below)
    cells[here].add("source", below.source)
    cells[here].add("target", below.target)


def _split(cells: list[_Cell], here: int, _side: str) -> None:
    cell = cells[here]
    if cell.source + cell.target == 1:
        raise BadInput("This pair holds a single sentence and cannot be split.").because("split_single")
    if cell.source == cell.target == 1:
        rest = _Cell(0, 1)
    else:
        rest = _Cell(max(cell.source - 1, 0), max(cell.target - 1, 0))
    cell.add("source", -rest.source)
    cell.add("target", -rest.target)
    cells.insert(here + 1, rest)


def _insert(cells: list[_Cell], here: int, side: str) -> None:
    moving = cells[here].count(side)
    if not moving:
        raise BadInput(f"The {_NAMES[side]} side of this pair is empty already.").because("move_none")
    cells[here].add(side, -moving)
    place = here + 1
    while moving:
        if place == len(cells) or cells[place].pinned:
            cells.insert(place, _alone(side, moving))
            return
        met = cells[place].count(side)
        cells[place].add(side, moving - met)
        moving, place = met, place + 1


def _pin(cells: list[_Cell], here: int, _side: str) -> None:
    cells[here].pinned, cells[here].score, cells[here].reason = True, 1.0, ""


def _unpin(cells: list[_Cell], here: int, _side: str) -> None:
    cells[here].pinned = False


_MOVES: Mapping[str, Callable[[list[_Cell], int, str], None]] = {
    "push_down": _push_down,
    "pull_up": _pull_up,
    "merge": _merge,
    "split": _split,
    "insert": _insert,
    "pin": _pin,
    "unpin": _unpin,
}


def _check_free(cell: _Cell) -> None:
    if cell.pinned:
        raise BadInput("This pair is pinned and stays as it is. Unpin it first.").because("pair_pinned")


def _placed(cells: Sequence[_Cell]) -> tuple[StoredBead, ...]:
    """Beads at their places; those that lost all their sentences are gone."""
    beads = []
    source = target = 0
    for cell in cells:
        if cell.is_empty:
            continue
        here = range(source, source + cell.source), range(target, target + cell.target)
        beads.append(StoredBead(*here, cell.score, cell.reason, cell.pinned))
        source, target = here[0].stop, here[1].stop
    return tuple(beads)
