"""What went wrong, in the language of whoever reads it."""

from translate.errors import MuwaziError
from web.errors import code_of
from web.pages import catalogue, message


def fault_text(error: MuwaziError, language: str) -> str:
    """
    The error as people who read ``language`` are told of it.

    English is what the error says itself. Elsewhere its reason chooses the message
    (``fault.<reason>``), or else its kind (``fault.kind.<code>``), with the English
    behind it, for it says what was seen.
    """
    if language == "en":
        return str(error)
    known = catalogue(language)
    if f"fault.{error.reason}" in known:
        return message(language, f"fault.{error.reason}", **error.seen)
    kind = f"fault.kind.{code_of(error)}"
    return message(language, kind if kind in known else "fault.kind.error", detail=str(error))
