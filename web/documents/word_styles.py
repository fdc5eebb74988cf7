"""What in a Word document says that it runs from right to left, and turning it."""

from collections.abc import Mapping
from dataclasses import dataclass

import lxml.etree as etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = _W + "val"
# Properties of the letters of Arabic (complex script), and those that take their place for English.
_COMPLEX = {"bCs": "b", "iCs": "i", "szCs": "sz"}
_NUMBERS = {
    "arabicAlpha": "lowerLetter",
    "arabicAbjad": "lowerLetter",
    "hindiNumbers": "decimal",
    "hindiVowels": "lowerLetter",
    "hindiConsonants": "lowerLetter",
}


@dataclass(frozen=True, slots=True)
class Styles:
    """Of each paragraph style, whether it runs from right to left and whether it is a heading's."""

    right_to_left: Mapping[str, bool]
    headings: frozenset[str]

    @classmethod
    def of(cls, root: etree._Element | None) -> "Styles":
        """What the styles part says; nothing where there is none."""
        if root is None:
            return cls({}, frozenset())
        own: dict[str, bool | None] = {}
        parents: dict[str, str] = {}
        headings: set[str] = set()
        default = root.find(f"{_W}docDefaults/{_W}pPrDefault/{_W}pPr")
        for style in root.iter(_W + "style"):
            name = style.get(_W + "styleId") or ""
            properties = style.find(_W + "pPr")
            own[name] = _says(properties, "bidi")
            based = style.find(_W + "basedOn")
            parents[name] = (based.get(_VALUE) or "") if based is not None else ""
            called = style.find(_W + "name")
            title = ((called.get(_VALUE) or "") if called is not None else "").lower()
            level = properties.find(_W + "outlineLvl") if properties is not None else None
            if title.startswith("heading") or title in ("title", "subtitle") or level is not None:
                headings.add(name)
            if style.get(_W + "default") in ("1", "true") and style.get(_W + "type") == "paragraph":
                own[""] = own[name]
        own[""] = own.get("") if own.get("") is not None else _says(default, "bidi")
        flags = {}
        for name in own:
            seen, current = set(), name
            while own.get(current) is None and current and current not in seen:
                seen.add(current)
                current = parents.get(current, "")
            flags[name] = bool(own.get(current))
        return cls(flags, frozenset(headings))

    def is_heading(self, paragraph: etree._Element) -> bool:
        """Whether the paragraph's style, or the paragraph itself, makes it a heading."""
        properties = paragraph.find(_W + "pPr")
        if properties is None:
            return False
        return _style(properties) in self.headings or properties.find(_W + "outlineLvl") is not None


def turn(root: etree._Element, styles: Styles) -> None:
    """Turn a whole part, in place: paragraphs, runs, tables, sections, lists and languages."""
    paragraphs = list(root.iter(_W + "pPr"))
    running = [properties for properties in paragraphs if _runs_right_to_left(properties, styles)]
    far = [properties for properties in running if _is_right(properties)]
    # From right to left, "right" is the far side, where a date or a signature stands: it goes to the
    # far side of English too. Where nearly everything stands there, it was put there by a program.
    left = {*paragraphs}.difference(far) if 2 * len(far) <= len(running) else {*paragraphs}
    for properties in paragraphs:
        for element in properties.findall(_W + "bidi"):
            properties.remove(element)
        if properties in left and _is_right(properties):
            for aligned in properties.findall(_W + "jc"):
                aligned.set(_VALUE, "left")
    for properties in list(root.iter(_W + "rPr")):
        turn_run(properties)
    for element in list(root.iter(_W + "bidiVisual", _W + "rtlGutter")):
        _remove(element)
    for section in root.iter(_W + "sectPr"):
        for element in section.findall(_W + "bidi"):
            section.remove(element)
    for number in root.iter(_W + "numFmt"):
        number.set(_VALUE, _NUMBERS.get(number.get(_VALUE) or "", number.get(_VALUE) or ""))


def turn_run(properties: etree._Element) -> etree._Element:
    """
    Run properties for English: what Arabic letters looked like is what Latin letters look like.

    Word keeps weight, slope and size of the two apart; which it uses, ``w:rtl`` says.
    """
    if _says(properties, "rtl") or _says(properties, "cs"):
        for arabic, latin in _COMPLEX.items():
            element = properties.find(_W + arabic)
            if element is None:
                continue
            for old in properties.findall(_W + latin):
                properties.remove(old)
            made = etree.Element(_W + latin, dict(element.attrib))
            element.addprevious(made)
    for name in ("rtl", "cs"):
        for element in properties.findall(_W + name):
            properties.remove(element)
    for language in properties.findall(_W + "lang"):
        language.set(_VALUE, "en-US")
    for fonts in properties.findall(_W + "rFonts"):
        if fonts.get(_W + "hint") == "cs":
            del fonts.attrib[_W + "hint"]
    return properties


def _runs_right_to_left(properties: etree._Element, styles: Styles) -> bool:
    said = _says(properties, "bidi")
    return styles.right_to_left.get(_style(properties), False) if said is None else said


def _is_right(properties: etree._Element) -> bool:
    return any(aligned.get(_VALUE) in ("right", "end") for aligned in properties.findall(_W + "jc"))


def _style(properties: etree._Element) -> str:
    style = properties.find(_W + "pStyle")
    return (style.get(_VALUE) or "") if style is not None else ""


def _says(properties: etree._Element | None, name: str) -> bool | None:
    """What an on/off property says, None where it is not there."""
    element = properties.find(_W + name) if properties is not None else None
    return None if element is None else element.get(_VALUE) not in ("0", "false", "off")


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
