"""The small disorders that Arabic text arrives with, put into a clean source so that a model has met them."""

import random
import re
from collections.abc import Callable

_STOP = re.compile(r"(?<=[\u0621-\u064a\d\"])([.،,؛:!؟]) (?=[\u0621-\u064a])")
_COMMA = re.compile(r"(?<=\w)([،,؛])(?= |$)")
_HAMZA = re.compile("[أإآ]")
_FINAL_YA = re.compile(r"(?<=[\u0621-\u064a]{2})[يى]\b")
_FINAL_TA = re.compile(r"(?<=[\u0621-\u064a]{2})ة\b")
_JOINING = re.compile("(?<=[بتثجحخسشصضطظعغفقكلمنهي])(?=[\u0621-\u064a])")
_QUOTED = re.compile('"([^"]{1,200})"')
_QUOTES = ("«{}»", "“{}”", "„{}“", "''{}''", '«{}"', "‹{}›", "” {} “", "« {} »")


def add_noise(text: str, chance: random.Random) -> str:
    """
    One to three disorders that fit the text; the same text where none fits.

    A space missing after a mark or standing before one, hamza and final ya or
    ta marbuta in another spelling, tatweel, and quotation marks of any shape.

    >>> add_noise("قال الوزير، أمس", random.Random(0))
    'قال الوزير ، امس'
    """
    wanted = chance.randint(1, 3)
    for disorder in chance.sample(_DISORDERS, len(_DISORDERS)):
        changed = disorder(text, chance)
        wanted -= changed != text
        text = changed
        if not wanted:
            break
    return text


def _some(pattern: re.Pattern[str], replacement: str, text: str, chance: random.Random, share: float) -> str:
    return pattern.sub(lambda m: m.expand(replacement) if chance.random() < share else m.group(), text)


def _miss_space(text: str, chance: random.Random) -> str:
    return _some(_STOP, r"\1", text, chance, 0.6)


def _space_before(text: str, chance: random.Random) -> str:
    return _some(_COMMA, r" \1", text, chance, 0.8)


def _drop_hamza(text: str, chance: random.Random) -> str:
    return _some(_HAMZA, "ا", text, chance, chance.choice((0.3, 1.0)))


def _change_end(text: str, chance: random.Random) -> str:
    if chance.random() < 0.5:
        return _some(_FINAL_TA, "ه", text, chance, chance.choice((0.3, 1.0)))
    return _FINAL_YA.sub(
        lambda m: {"ي": "ى", "ى": "ي"}[m.group()] if chance.random() < 0.5 else m.group(), text
    )


def _stretch(text: str, chance: random.Random) -> str:
    return _some(_JOINING, "ـ" * chance.randint(1, 3), text, chance, 0.04)


def _requote(text: str, chance: random.Random) -> str:
    shape = chance.choice(_QUOTES)
    return _QUOTED.sub(lambda m: shape.format(m.group(1)), text)


_DISORDERS: tuple[Callable[[str, random.Random], str], ...] = (
    _miss_space,
    _space_before,
    _drop_hamza,
    _change_end,
    _stretch,
    _requote,
)
