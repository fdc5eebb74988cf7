"""A paragraph of a document as a passage, whatever the file calls its parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Generic, TypeVar

from web.passages import Passage, Rendering, ends_sentence
from web.placing import Mark

Thing = TypeVar("Thing")


class _Kind(Enum):
    TEXT = auto()
    OPEN = auto()
    CLOSE = auto()
    POINT = auto()
    BREAK = auto()
    DIVIDER = auto()
    WORD = auto()


@dataclass(slots=True)
class Paragraph(Generic[Thing]):
    """
    Text, and the things of the file that stand in it: around words or between them.

    Fill it in reading order, translate :meth:`passage`, and :meth:`write` the rendering.
    """

    things: list[Thing] = field(default_factory=list)
    _items: list[tuple[_Kind, str, int]] = field(default_factory=list)
    _words: dict[int, str] = field(default_factory=dict)

    def add_text(self, text: str) -> None:
        self._items.append((_Kind.TEXT, text.replace("\n", " "), -1))

    def open(self, thing: Thing) -> None:
        """What follows, to the matching :meth:`close`, is inside the thing."""
        self._add(_Kind.OPEN, thing)

    def close(self) -> None:
        self._items.append((_Kind.CLOSE, "", -1))

    def add_point(self, thing: Thing) -> None:
        """A thing between words, which keeps to the word beside it."""
        self._add(_Kind.POINT, thing)

    def add_break(self, thing: Thing) -> None:
        """A line break, at which a sentence may end or go on."""
        self._add(_Kind.BREAK, thing)

    def add_divider(self, thing: Thing) -> None:
        """A tab or page break: no sentence goes on across it."""
        self._add(_Kind.DIVIDER, thing)

    def add_word(self, thing: Thing, name: str) -> None:
        """A thing that stands for a word, as a formula does; the translator sees and repeats ``name``."""
        self._words[len(self.things)] = name
        self._add(_Kind.WORD, thing)

    def passage(self, *, ordered: bool = False) -> Passage:
        """The text with marks named by the places of ``things``; ``ordered`` as passages have it."""
        text: list[str] = []
        top: list[Mark] = []
        opened: list[tuple[int, int, list[Mark]]] = []
        hard = self._hard_breaks()
        length = 0
        for place, (kind, letters, number) in enumerate(self._items):
            marks = opened[-1][2] if opened else top
            if kind is _Kind.OPEN:
                opened.append((number, length, []))
            elif kind is _Kind.CLOSE:
                number, start, inner = opened.pop()
                (opened[-1][2] if opened else top).append(Mark(number, start, length, tuple(inner)))
            elif kind is _Kind.POINT:
                marks.append(Mark(number, length, length))
            elif kind is _Kind.DIVIDER or place in hard:
                marks.append(Mark(number, length, length + 1))
                letters = "\n"
            elif kind is _Kind.BREAK:
                letters = " "  # Where the line ended, a word did.
                marks.append(Mark(number, length + 1, length + 1))
            elif kind is _Kind.WORD:
                letters = self._words[number]
                marks.append(Mark(number, length, length + len(letters)))
            text.append(letters)
            length += len(letters)
        return Passage("".join(text), tuple(top), ordered)

    def write(
        self,
        made: Rendering,
        add_text: Callable[[str], None],
        enter: Callable[[Thing], None],
        leave: Callable[[Thing], None],
    ) -> None:
        """The rendering in order: its texts, and each thing when it begins and when it ends."""

        def walk(marks: Sequence[Mark], place: int, end: int) -> None:
            for mark in marks:
                say(place, mark.start)
                thing = self.things[mark.name]
                if (mark.name, False) in made.spaced:
                    add_text(" ")
                enter(thing)
                # Should a name have got lost, what stands in its place is not taken for it.
                if made.text[mark.start : mark.end] != self._words.get(mark.name):
                    walk(mark.inner, mark.start, mark.end)
                leave(thing)
                if (mark.name, True) in made.spaced:
                    add_text(" ")
                place = mark.end
            say(place, end)

        def say(start: int, end: int) -> None:
            if text := made.text[start:end].replace("\n", ""):
                add_text(text)

        walk(made.marks, 0, len(made.text))

    def _add(self, kind: _Kind, thing: Thing) -> None:
        self._items.append((kind, "", len(self.things)))
        self.things.append(thing)

    def _hard_breaks(self) -> set[int]:
        lines = [""]
        breaks = []
        for place, (kind, letters, _) in enumerate(self._items):
            if kind is _Kind.BREAK:
                breaks.append(place)
                lines.append("")
            lines[-1] += letters
        return {place for place, ends in zip(breaks, ends_sentence(lines), strict=True) if ends}
