"""
Word documents: the same styles, tables, pictures, notes and fields, from left to right.

Only the texts and what says "Arabic" or "right to left" are changed (ECMA-376 part 1,
§17.3); every other part of the file is copied. The runs of a paragraph are joined for
the translator, and what sets words apart, be it a link or bold type, goes with them.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

import lxml.etree as etree

from translate.checks import translatable
from translate.text import Article
from web.documents.compose import compose
from web.documents.inline import Paragraph
from web.documents.properties import translate_properties
from web.documents.word_styles import Styles, turn_run
from web.documents.word_styles import turn as turn_part
from web.passages import Passage, Rendering, Translate, translate_passages
from web.uploads import Archive, parse_xml, write_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TEXTS = re.compile(r"wordprocessingml\.(?:document\.main|header|footer|footnotes|endnotes|comments)\+xml$")
_STYLES = re.compile(r"wordprocessingml\.(?:styles|numbering)\+xml$")
# Inline elements that hold runs, as a paragraph does.
_HOLDERS = frozenset(
    _W + name
    for name in (
        "hyperlink",
        "ins",
        "moveTo",
        "smartTag",
        "sdt",
        "sdtContent",
        "fldSimple",
        "customXml",
        "dir",
        "bdo",
    )
)
_SAME_LOOK = frozenset(_W + name for name in ("lang", "noProof", "bCs", "iCs", "szCs", "webHidden"))
_DROPPED = {_W + "proofErr", _W + "lastRenderedPageBreak"}
_PAIRS = ("bookmark", "commentRange", "perm", "moveToRange", "moveFromRange")


def translate(data: bytes, translate: Translate) -> bytes:
    """The document in English."""
    archive = Archive(data, "The document")
    kinds = _kinds(archive)
    parts = {
        name: parse_xml(archive.read(name), name)
        for name, kind in kinds.items()
        if _TEXTS.search(kind) or _STYLES.search(kind)
    }
    styles = Styles.of(next((parts[n] for n in parts if kinds[n].endswith("styles+xml")), None))
    # Before the paragraphs, which take their pictures out of the tree to put them back later.
    alternatives = [
        (element, attribute)
        for name, root in parts.items()
        if _TEXTS.search(kinds[name])
        for element in root.iter("{*}docPr")
        for attribute in ("descr", "title")
        if translatable(element.get(attribute) or "")
    ]
    paragraphs = [
        _WordParagraph(element)
        for name, root in parts.items()
        if _TEXTS.search(kinds[name])
        for element in root.iter(_W + "p")
        if translatable(_own_text(element))
    ]
    passages = [paragraph.passage for paragraph in paragraphs]
    passages += [Passage(element.get(attribute) or "") for element, attribute in alternatives]
    made = translate_passages(passages, translate)
    for root in parts.values():
        turn_part(root, styles)
    for paragraph, rendering in zip(paragraphs, made, strict=False):
        paragraph.write(rendering)
    for (element, attribute), rendering in zip(alternatives, made[len(paragraphs) :], strict=True):
        element.set(attribute, rendering.text)
    changed = {name: write_xml(root) for name, root in parts.items()}
    if "docProps/core.xml" in archive.names:
        changed["docProps/core.xml"] = translate_properties(archive.read("docProps/core.xml"), translate)
    return archive.replaced(changed)


def read(data: bytes, name: str) -> Article:
    """The text of the document's body, tables and text boxes included; notes and headers left out."""
    archive = Archive(data, name)
    kinds = _kinds(archive)
    main = next(part for part, kind in kinds.items() if "document.main+xml" in kind)
    styles = Styles.of(
        next(
            (parse_xml(archive.read(n), n) for n, kind in kinds.items() if kind.endswith("styles+xml")), None
        )
    )
    paragraphs = (
        (_own_text(element), styles.is_heading(element))
        for element in parse_xml(archive.read(main), main).iter(_W + "p")
        if not any(True for _ in element.iterancestors(_FALLBACK))
    )
    return compose(paragraphs, name)


def _kinds(archive: Archive) -> dict[str, str]:
    """The content type of each part that declares one of its own."""
    root = parse_xml(archive.read("[Content_Types].xml"), "[Content_Types].xml")
    declared = {
        (element.get("PartName") or "").lstrip("/"): element.get("ContentType") or ""
        for element in root.iter(_TYPES + "Override")
    }
    return {name: kind for name, kind in declared.items() if name in archive.names}


def _own_text(paragraph: etree._Element) -> str:
    """The paragraph's text, a tab or break as a line break; that of text boxes in it is their own."""
    pieces = []
    for element in paragraph.iter(_W + "t", _W + "tab", _W + "br", _W + "cr"):
        if next(element.iterancestors(_W + "p"), None) is paragraph and _is_in_run(element):
            pieces.append((element.text or "") if element.tag == _W + "t" else "\n")
    return "".join(pieces)


def _is_in_run(element: etree._Element) -> bool:
    """Whether it stands in a run; tab stops stand in a paragraph's properties."""
    parent = element.getparent()
    return parent is not None and parent.tag == _W + "r"


# --- Paragraphs ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    """
    What stands in a paragraph: elements before the text in it and after it.

    ``holder`` is an element that the text goes into, ``properties`` how the text
    in it looks, None where it looks as the text around it does.
    """

    before: Sequence[etree._Element] = ()
    after: Sequence[etree._Element] = ()
    holder: etree._Element | None = None
    properties: etree._Element | None = None


@dataclass(slots=True)
class _Atom:
    """A run cut to its smallest pieces: a text, or an element in a run (or holder) of its own."""

    kind: str  # text, point, break, divider, word, begin, separate, end, holder
    text: str = ""
    element: etree._Element | None = None
    properties: etree._Element | None = None
    inner: list["_Atom"] = field(default_factory=list)


class _WordParagraph:
    """A paragraph, its passage, and how to write it again."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.content: Paragraph[_Part] = Paragraph()
        atoms = list(_atoms(element))
        self.properties = _usual(atoms)
        self._fill(atoms, self.properties)
        self.passage = self.content.passage()

    def write(self, made: Rendering) -> None:
        kept = [child for child in self.element if child.tag == _W + "pPr"]
        self.element[:] = kept
        places = [self.element]
        looks = [self.properties]

        def add_text(text: str) -> None:
            places[-1].append(_run(text, looks[-1]))

        def enter(part: _Part) -> None:
            places[-1].extend(part.before)
            if part.holder is not None:
                places[-1].append(part.holder)
                places.append(_home(part.holder))
            if part.properties is not None:
                looks.append(part.properties)

        def leave(part: _Part) -> None:
            if part.holder is not None:
                places.pop()
            if part.properties is not None:
                looks.pop()
            places[-1].extend(part.after)

        self.content.write(made, add_text, enter, leave)
        _order_pairs(self.element)

    def _fill(self, atoms: Sequence[_Atom], usual: etree._Element) -> None:
        """The atoms in order; where text looks other than usual, in a part of its own."""
        look = _key(usual)
        current = look
        place = 0
        while place < len(atoms):
            atom = atoms[place]
            if atom.kind == "text":
                key = _key(atom.properties) if atom.text.strip() else current
                if key != current:
                    if current != look:
                        self.content.close()
                    if key != look:
                        self.content.open(_Part(properties=atom.properties))
                    current = key
                self.content.add_text(atom.text)
                place += 1
                continue
            if atom.kind in ("begin", "holder") and current != look:
                self.content.close()
                current = look
            place = self._add(atoms, place)
        if current != look:
            self.content.close()

    def _add(self, atoms: Sequence[_Atom], place: int) -> int:
        """Add what is no text; returns the place of the atom that comes next."""
        atom = atoms[place]
        if atom.kind == "begin" and (end := _field_end(atoms, place)) is not None:
            self._add_field(atoms[place : end + 1])
            return end + 1
        if atom.kind == "holder":
            self._add_holder(atom)
            return place + 1
        assert atom.element is not None
        part = _Part(before=[atom.element])
        if atom.kind == "break":
            self.content.add_break(part)
        elif atom.kind == "divider":
            self.content.add_divider(part)
        elif atom.kind == "word":
            self.content.add_word(part, f"@k{'abcdefghij'[len(self.content.things) % 10]}q")
        else:
            self.content.add_point(part)
        return place + 1

    def _add_holder(self, atom: _Atom) -> None:
        holder = atom.element
        assert holder is not None
        if not (_says_something(atom.inner) or (holder.tag != _W + "fldSimple" and _has_text(atom.inner))):
            self.content.add_point(_Part(before=[_written(atom)]))
            return
        _empty(holder)
        usual = _usual(atom.inner)
        self.content.open(_Part(holder=holder, properties=usual))
        self._fill(atom.inner, usual)
        self.content.close()

    def _add_field(self, atoms: Sequence[_Atom]) -> None:
        """A field: its instruction goes before its result. A page number has no result worth translating."""
        middle = next((i for i, atom in enumerate(atoms) if atom.kind == "separate"), None)
        if middle is None or not _says_something(atoms[middle + 1 : -1]):
            self.content.add_point(_Part(before=[_written(atom) for atom in atoms]))
            return
        inner = atoms[middle + 1 : -1]
        usual = _usual(inner)
        head = [_written(atom) for atom in atoms[: middle + 1]]
        self.content.open(_Part(before=head, after=[_written(atoms[-1])], properties=usual))
        self._fill(inner, usual)
        self.content.close()


def _atoms(parent: etree._Element) -> Iterator[_Atom]:
    for child in parent:
        if (
            child.tag in (_W + "pPr", _W + "sdtPr", _W + "smartTagPr", _W + "customXmlPr")
            or child.tag in _DROPPED
        ):
            continue
        if child.tag == _W + "r":
            yield from _run_atoms(child)
        elif child.tag in _HOLDERS:
            yield _Atom("holder", element=child, inner=list(_atoms(_home(child))))
        elif child.tag == _MATH + "oMath":
            yield _Atom("word", element=child)
        else:
            yield _Atom("point", element=child)


def _home(holder: etree._Element) -> etree._Element:
    """Where the text of a holder is: a content control keeps it in an element within."""
    content = holder.find(_W + "sdtContent") if holder.tag == _W + "sdt" else None
    return holder if content is None else content


def _run_atoms(run: etree._Element) -> Iterator[_Atom]:
    properties = run.find(_W + "rPr")
    turned = turn_run(deepcopy(properties)) if properties is not None else etree.Element(_W + "rPr")
    for child in list(run):
        if child is properties or child.tag in _DROPPED:
            continue
        if child.tag == _W + "t":
            yield _Atom("text", text=child.text or "", properties=turned)
            continue
        if child.tag in (_W + "noBreakHyphen", _W + "softHyphen"):
            yield _Atom("text", text="-" if child.tag == _W + "noBreakHyphen" else "", properties=turned)
            continue
        kind = "point"
        if child.tag in (_W + "br", _W + "cr"):
            kind = "divider" if child.get(_W + "type") in ("page", "column") else "break"
        elif child.tag in (_W + "tab", _W + "ptab"):
            kind = "divider"
        elif child.tag == _W + "fldChar":
            kind = child.get(_W + "fldCharType") or "point"
        alone = etree.Element(_W + "r")
        if len(turned):
            alone.append(deepcopy(turned))
        alone.append(child)
        yield _Atom(kind, element=alone)


def _written(atom: _Atom) -> etree._Element:
    """The atom as an element of the paragraph again."""
    if atom.element is None:
        return _run(atom.text, atom.properties)
    if atom.kind == "holder":
        _empty(atom.element).extend([_written(inner) for inner in atom.inner])
    return atom.element


def _empty(holder: etree._Element) -> etree._Element:
    """Take everything but its properties out of a holder; gives the element that held it."""
    home = _home(holder)
    for child in list(home):
        if not str(child.tag).endswith("Pr"):
            home.remove(child)
    return home


def _run(text: str, properties: etree._Element | None) -> etree._Element:
    run = etree.Element(_W + "r")
    if properties is not None and len(properties):
        run.append(deepcopy(properties))
    words = etree.SubElement(run, _W + "t")
    words.set(_SPACE, "preserve")
    words.text = text
    return run


def _usual(atoms: Sequence[_Atom]) -> etree._Element:
    """How most of the text looks."""
    sizes: dict[str, int] = {}
    looks: dict[str, etree._Element] = {}
    for atom in atoms:
        if atom.kind == "text" and atom.properties is not None and atom.text:
            key = _key(atom.properties)
            sizes[key] = sizes.get(key, 0) + len(atom.text.strip())
            looks.setdefault(key, atom.properties)
    if not sizes:
        return etree.Element(_W + "rPr")
    return looks[max(sizes, key=sizes.__getitem__)]


def _key(properties: etree._Element | None) -> str:
    """What tells two looks apart; not the language, nor what holds for Arabic letters alone."""
    return "" if properties is None else "".join(sorted(map(_shape, properties)))


def _shape(element: etree._Element) -> str:
    if element.tag in _SAME_LOOK:
        return ""
    return f"<{element.tag!s} {sorted(element.attrib.items())}{''.join(map(_shape, element))}>"


def _says_something(atoms: Sequence[_Atom]) -> bool:
    """Whether there are words in it, in whatever script: a page number has none."""
    return any(any(map(str.isalpha, atom.text)) or _says_something(atom.inner) for atom in atoms)


def _has_text(atoms: Sequence[_Atom]) -> bool:
    return any(atom.text.strip() or _has_text(atom.inner) for atom in atoms)


def _field_end(atoms: Sequence[_Atom], start: int) -> int | None:
    depth = 0
    for place in range(start, len(atoms)):
        depth += (atoms[place].kind == "begin") - (atoms[place].kind == "end")
        if not depth:
            return place
    return None


def _order_pairs(paragraph: etree._Element) -> None:
    """The end of a bookmark, comment or permission not before its start."""
    for name in _PAIRS:
        ends = {element.get(_W + "id"): element for element in paragraph.iter(f"{_W}{name}End")}
        for start in list(paragraph.iter(f"{_W}{name}Start")):
            end = ends.get(start.get(_W + "id"))
            if end is None or end.getparent() is not paragraph or start.getparent() is not paragraph:
                continue
            if paragraph.index(end) < paragraph.index(start):
                start.addnext(end)
