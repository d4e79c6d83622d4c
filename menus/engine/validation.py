"""Refusing what cannot be right, and naming what was given: validation and digests of the inputs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
IF_GIVEN = "digest_if_given"  # a field added later leaves the digests of those who do not use it as they were


class InputError(ValueError):
    """An input the engine will not work on; `name` is the input, the message says what is wrong and what to
    do."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def require(condition: bool, name: str, message: str) -> None:
    """Raise `InputError(name, message)` unless `condition`."""
    if not condition:
        raise InputError(name, message)


def require_each(
    fits: NDArray[np.bool_], name: str, keys: Integers, values: NDArray[Any], words: str
) -> None:
    """Raise `InputError` unless everybody `fits` (n): who comes first, with their value, and how many there
    are.

    `words` go on from "Participant 7" and hold `{value}`.
    """
    if bool(fits.all()):
        return
    wrong = np.flatnonzero(~fits)
    more = f" ({len(wrong):,} people of {len(fits):,})" if len(wrong) > 1 else ""
    said = words.format(value=values[wrong[0]])
    raise InputError(name, f"Participant {keys[wrong[0]]} {said}{more}")


def is_whole(value: Any) -> bool:
    """Whether a number, or each of an array, is whole; text, NaN and infinity are not."""
    given = np.asarray(value)
    if given.dtype.kind not in "iuf":
        return False
    return given.dtype.kind in "iu" or bool((np.isfinite(given) & (given == np.floor(given))).all())


def floats(instance: Any, name: str, shape: tuple[int, ...]) -> Floats:
    """Replace field `name` by a read-only float64 array of `shape` (-1 is any length), refusing NaN and
    infinity."""
    array = np.array(getattr(instance, name), dtype=np.float64)
    fits = array.ndim == len(shape) and all(s in (-1, n) for s, n in zip(shape, array.shape, strict=True))
    require(fits, name, f"{name} has shape {array.shape}; the engine needs {shape}.")
    require(
        bool(np.isfinite(array).all()),
        name,
        f"{name} holds a missing or infinite value; give a number for each.",
    )
    array.setflags(write=False)
    object.__setattr__(instance, name, array)
    return array


def digest(*parts: Any) -> str:
    """SHA-256 (hex) of dataclasses, arrays, mappings and plain values, independent of insertion order of
    mappings."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(_canonical(part))
    return sha.hexdigest()


def _canonical(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        little_endian = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        return f"{value.dtype.kind}{value.shape}".encode() + little_endian.tobytes()
    if hasattr(value, "__dataclass_fields__"):
        given = [
            f for f in fields(value) if getattr(value, f.name) is not None or not f.metadata.get(IF_GIVEN)
        ]
        pairs = [(f.name, getattr(value, f.name)) for f in given if f.compare]
        return type(value).__name__.encode() + b"".join(k.encode() + _canonical(v) for k, v in pairs)
    if isinstance(value, Mapping):
        return b"".join(json.dumps(k).encode() + _canonical(value[k]) for k in sorted(value))
    if isinstance(value, tuple | list):
        return b"[" + b",".join(_canonical(v) for v in value) + b"]"
    return json.dumps(value, sort_keys=True).encode()
