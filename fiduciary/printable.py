"""What the document's own typefaces can print: PDF/A forbids a missing glyph, a machine's fonts would move the bytes.

Text that people typed may hold anything. What the bundled typefaces lack is printed by its number, as [U+6F22]; the
record attached to the document keeps the text itself. Signs that turn the direction of what follows print the same way,
so that no text can pass for another.
"""

import re
import unicodedata
from typing import Any

# First and last code points, each proved to print in every weight the templates use.
PRINTABLE = (
    (0x20, 0x7E),  # Latin
    (0xA0, 0xAC),
    (0xAE, 0x24F),
    (0x300, 0x331),  # accents that stand apart
    (0x384, 0x38A),  # Greek
    (0x38E, 0x3A1),
    (0x3A3, 0x3FF),
    (0x400, 0x484),  # Cyrillic
    (0x487, 0x4FF),
    (0x591, 0x5C7),  # Hebrew
    (0x5D0, 0x5EA),
    (0x1E00, 0x1EFF),  # Latin with several accents
    (0x2010, 0x2027),  # punctuation
    (0x202F, 0x2040),
    (0x2074, 0x208E),  # raised and lowered figures
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x211E),
    (0x2153, 0x2184),  # fractions, Roman numbers
    (0x2190, 0x22FF),  # arrows, mathematics
    (0x25A0, 0x25FF),  # boxes and circles
    (0x2713, 0x2714),
    (0x2717, 0x2718),
)
_RANGES = "".join(f"{chr(first)}-{chr(last)}" for first, last in PRINTABLE)
_LACKING = re.compile(f"[^\n{_RANGES}]+")


def printable(value: Any) -> Any:
    """A copy of a JSON value in which every string can be printed. Keys are ours and stay."""
    if isinstance(value, str):
        return printable_text(value)
    if isinstance(value, list):
        return [printable(one) for one in value]
    if isinstance(value, dict):
        return {key: printable(one) for key, one in value.items()}
    return value


def printable_text(text: str) -> str:
    """The text with each run of unprintable signs as their numbers; line ends become plain, tabs a space."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _LACKING.sub(lambda found: f"[{' '.join(f'U+{ord(sign):04X}' for sign in found[0])}]", text)
