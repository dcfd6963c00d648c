"""How names and codes are spelt: what makes no difference, and what looks like a code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

CODE: Final = re.compile(r"[EKNSW]\d{8}")
STRAIGHT: Final = str.maketrans("‘’“”", "''\"\"")
LONGEST: Final = 120  # of a code with its name; the patterns below slow down on longer texts
LIKE_A_CODE: Final = re.compile(r"[A-Z][0-9OILSB ]{5,12}")
LOOK_ALIKES: Final = str.maketrans("OILSB", "01158")
CODE_AND_NAME: Final = re.compile(r"\(?([A-Za-z]\d{8})\)?[\s,:–-]+\(?([^()]+)\)?")
NAME_AND_CODE: Final = re.compile(r"([^()]+?)[\s,:–-]+\(?([A-Za-z]\d{8})\)?")


def tidy(text: str) -> str:
    """Take out what cannot be seen: invisible characters, and all but single spaces.

    Examples
    --------
    >>> tidy("  New\u200bark\u00a0and  Sherwood ")
    'Newark and Sherwood'
    """
    if text.isascii():
        return " ".join(text.split())
    plain = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


def normal(text: str) -> str:
    """Write a name for comparing: case, accents, `&`, quotation marks, stops and hyphens are levelled.

    Examples
    --------
    >>> normal("King’s Lynn & West Norfolk") == normal("KINGS LYNN AND WEST-NORFOLK")
    True
    """
    small = tidy(text).casefold().replace("&", " and ")
    plain = small
    if not small.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFD", small) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[-‐‑–]", " ", re.sub(r"['’‘`´.]", "", plain)).split())


def name_key(text: str) -> str:
    """Write a name for looking it up: as `normal`, and without commas.

    Examples
    --------
    >>> name_key("Bristol, City of")
    'bristol city of'
    """
    return " ".join(normal(text).replace(",", " ").split())


def without_part_of(text: str) -> str:
    """Take `part of` off the front of a text.

    Examples
    --------
    >>> without_part_of("Part of the Wirral")
    'Wirral'
    """
    return re.sub(r"^(part of (the )?)+", "", text, flags=re.IGNORECASE)


def code_and_name(text: str) -> tuple[str, str] | None:
    """Give the halves of a code that stands with a name, in either order; None for anything else.

    Examples
    --------
    >>> code_and_name("Newark and Sherwood (e07000175)")
    ('E07000175', 'Newark and Sherwood')
    """
    if len(text) > LONGEST:
        return None
    if found := CODE_AND_NAME.fullmatch(text):
        code, name = found[1].upper(), found[2].strip()
    elif found := NAME_AND_CODE.fullmatch(text):
        code, name = found[2].upper(), found[1].strip()
    else:
        return None
    return None if CODE.search(name.upper()) else (code, name)


def has_word(whole: str, part: str) -> bool:
    """Whether a text holds another as whole words.

    Examples
    --------
    >>> has_word("rutland water", "rutland"), has_word("scotland", "cotland")
    (True, False)
    """
    return re.search(rf"\b{re.escape(part)}\b", whole) is not None


def match_key(text: str) -> str:
    """Reduce a text to what is compared: case, separators and curly quotes do not count.

    Examples
    --------
    >>> match_key(" Part-County ") == match_key("part  county")
    True
    """
    return re.sub(r"[\s_-]+", "_", text.strip().translate(STRAIGHT).casefold())


def near(text: str, choices: Iterable[str], n: int = 3, *, cutoff: float = 0.6) -> list[str]:
    """Find the choices written most like a text, the nearest first; case does not count.

    Examples
    --------
    >>> near("barnsly", ["Barnsley", "Burnley", "Derby"])
    ['Barnsley', 'Burnley']
    """
    named = {choice.casefold(): choice for choice in choices}
    return [named[found] for found in get_close_matches(text.casefold(), named, n, cutoff)]
