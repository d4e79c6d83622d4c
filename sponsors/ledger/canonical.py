"""One way to write a value as bytes, so that everybody who hashes it gets the same hash. Standard library only."""

import hashlib
import json
from typing import Any

LEAF_PREFIX = b"\x00"
CHAIN_PREFIX = b"\x02"


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces, no NaN. Raises ValueError for NaN, TypeError for unknown types."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def content_hash(value: Any) -> str:
    """Hash of a JSON-able value in its canonical form, 64 hex digits."""
    return sha256_hex(canonical_json(value))


def body_hash(salt: bytes, body: dict[str, Any]) -> str:
    """Hash of a salted body: a short body cannot be guessed from its published hash."""
    return sha256_hex(salt + canonical_json(body))


def leaf_hash(header: dict[str, Any]) -> str:
    """Hash of one entry's header, which names the body only by its hash (domain-separated as in RFC 9162)."""
    return sha256_hex(LEAF_PREFIX + canonical_json(header))


def chain_hash(previous: str, leaf: str) -> str:
    """Hash of the previous entry's chain hash ("" for the first) and this leaf."""
    return sha256_hex(CHAIN_PREFIX + bytes.fromhex(previous) + bytes.fromhex(leaf))
