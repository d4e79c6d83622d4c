"""Partial results that merge exactly: one row per participant, whole-number sums over participants.

Rows are kept as they are and sorted by key; sums are int64 (cents, counts), so addition has no rounding and
no order. Whatever the chunking, the order of merging, the number of workers or the kills in between, the
merged bytes are the same.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip entry carries a date; a fixed one keeps the bytes the same


class MergeError(ValueError):
    """Chunks that do not belong together."""


@dataclass(frozen=True, eq=False)
class ProjectionChunk:
    """The projection of some participants.

    `manifest`: what was computed (engine version, scenario digest, seed, paths, arms, years...), equal in all
    chunks of a run. `rows`: arrays whose first axis is the participant, sorted by `rows["key"]`. `sums`:
    int64 arrays that add over participants.
    """

    manifest: dict[str, Any]
    rows: Arrays
    sums: Arrays

    def __len__(self) -> int:
        return len(self.rows["key"])

    def to_bytes(self) -> bytes:
        """A zip of npy files and the manifest; equal chunks give equal bytes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(
                zipfile.ZipInfo("manifest.json", EPOCH), json.dumps(self.manifest, sort_keys=True)
            )
            for group, arrays in (("rows", self.rows), ("sums", self.sums)):
                for name in sorted(arrays):
                    entry = zipfile.ZipInfo(f"{group}/{name}.npy", EPOCH)
                    # a ZipInfo brings its own level, 6, whatever the archive's: four times the work for nothing
                    archive.writestr(entry, _npy(arrays[name]), zipfile.ZIP_DEFLATED, compresslevel=1)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "ProjectionChunk":
        groups: dict[str, Arrays] = {"rows": {}, "sums": {}}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            for path in archive.namelist():
                group, _, name = path.removesuffix(".npy").partition("/")
                if group in groups:
                    groups[group][name] = np.load(io.BytesIO(archive.read(path)), allow_pickle=False)
        return cls(manifest=manifest, **groups)

    @property
    def digest(self) -> str:
        """SHA-256 over the manifest and every array: the result hash, independent of the compression."""
        sha = hashlib.sha256(json.dumps(self.manifest, sort_keys=True).encode())
        for group, arrays in (("rows", self.rows), ("sums", self.sums)):
            for name in sorted(arrays):
                sha.update(f"{group}/{name}".encode() + _npy(arrays[name]))
        return sha.hexdigest()


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def merge(chunks: Iterable[ProjectionChunk]) -> ProjectionChunk:
    """One chunk of all participants. Raises `MergeError` when runs are mixed or a participant is there
    twice."""
    parts = list(chunks)
    if not parts:
        raise MergeError("There is nothing to merge.")
    manifest = parts[0].manifest
    if any(part.manifest != manifest for part in parts):
        raise MergeError("These partial results come from different runs and cannot be put together.")
    keys = np.concatenate([part.rows["key"] for part in parts])
    order = np.argsort(keys, kind="stable")
    if len(np.unique(keys)) != len(keys):
        raise MergeError("A participant occurs in two partial results.")
    rows = {name: np.concatenate([part.rows[name] for part in parts])[order] for name in parts[0].rows}
    sums = {
        name: sum((part.sums[name] for part in parts[1:]), start) for name, start in parts[0].sums.items()
    }
    return ProjectionChunk(manifest=dict(manifest), rows=rows, sums=sums)
