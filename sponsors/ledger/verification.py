"""Reads a book from its first entry to its head and says whether anything was altered since it was written."""

from dataclasses import dataclass

from sponsors.ledger.canonical import body_hash, chain_hash, leaf_hash
from sponsors.ledger.models import LedgerBook, LedgerEvent
from sponsors.ledger.recorder import header_of


@dataclass(frozen=True)
class BookVerification:
    """What a check of one book found. `problems` names the first entries at fault, in words."""

    book: str
    length: int
    head_hash: str
    problems: tuple[str, ...]

    @property
    def verified(self) -> bool:
        return not self.problems


def verify_book(name: str) -> BookVerification:
    """Recompute every hash of one book and compare with what is stored. An unknown book is empty and verified."""
    book = LedgerBook.objects.filter(name=name).first()
    stored_length, stored_head = (book.length, book.head_hash) if book else (0, "")
    problems: list[str] = []
    previous, position = "", 0
    for event in LedgerEvent.objects.filter(book=name).order_by("position").iterator(chunk_size=2000):
        problems += event_problems(event, position, previous)
        if len(problems) >= 20:
            break
        previous, position = event.chain_hash, event.position + 1
    if not problems and position != stored_length:
        problems.append(f"The book says it ends after {stored_length} entries, but {position} were read.")
    elif not problems and previous != stored_head:
        problems.append("The book's head is not the hash of its last entry.")
    return BookVerification(name, stored_length, stored_head, tuple(problems))


def event_problems(event: LedgerEvent, position: int, previous: str) -> list[str]:
    """What is wrong with one entry, in words: it should stand at `position`, after the chain hash `previous`."""
    where = f"Entry {event.position} ({event.action}, {event.recorded_at:%Y-%m-%d %H:%M} UTC)"
    found = []
    if event.position != position:
        found.append(f"{where}: entry {position} is missing before it.")
    if body_hash(bytes(event.salt), event.body) != event.body_hash:
        found.append(f"{where}: its content is not what was recorded.")
    if leaf_hash(header_of(event)) != event.leaf_hash:
        found.append(f"{where}: its header is not what was recorded.")
    if not found and not _follows(event, previous):
        found.append(f"{where}: it does not follow from the entry before it.")
    return found


def _follows(event: LedgerEvent, previous: str) -> bool:
    try:
        return chain_hash(previous, event.leaf_hash) == event.chain_hash
    except ValueError:  # the entry before it carries no hash at all
        return False
