"""Partial results that merge exactly: whole numbers that add, and largest values.

Dollars are added in cents, shares in millionths, distributions as counts in fixed bins: all int64, so
addition has no rounding and no order. Whatever the chunking, the order of merging, the number of workers or
the kills in between, the merged bytes are the same, and a run of ten million people is no larger than one of
ten.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip entry carries a date; a fixed one keeps the bytes the same


class MergeError(ValueError):
    """Chunks that do not belong together."""


@dataclass(frozen=True, eq=False)
class ProjectionChunk:
    """What some participants add up to.

    `manifest`: what was computed (engine version, scenario digest, seed, paths, arms, years...), equal in all
    chunks of a run. `sums`: whole-number arrays that add over participants; `peaks`: of which the larger
    counts.
    """

    manifest: dict[str, Any]
    sums: Arrays
    peaks: Arrays

    def __len__(self) -> int:
        """Participants in it."""
        return int(self.sums["people"].sum())

    def to_bytes(self) -> bytes:
        """A zip of npy files and the manifest; equal chunks give equal bytes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(
                zipfile.ZipInfo("manifest.json", EPOCH), json.dumps(self.manifest, sort_keys=True)
            )
            for path, array in self._arrays():
                # a ZipInfo brings its own level, 6, whatever the archive's: four times the work for nothing
                entry = zipfile.ZipInfo(f"{path}.npy", EPOCH)
                archive.writestr(entry, _npy(array), zipfile.ZIP_DEFLATED, compresslevel=1)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "ProjectionChunk":
        groups: dict[str, Arrays] = {"sums": {}, "peaks": {}}
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
        for path, array in self._arrays():
            sha.update(path.encode() + _npy(array))
        return sha.hexdigest()

    def _arrays(self) -> list[tuple[str, NDArray[Any]]]:
        groups = (("peaks", self.peaks), ("sums", self.sums))
        return [(f"{group}/{name}", arrays[name]) for group, arrays in groups for name in sorted(arrays)]


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def merge(chunks: Iterable[ProjectionChunk]) -> ProjectionChunk:
    """One chunk of all participants. Raises `MergeError` when runs are mixed. That everybody is in it once is
    one of the checks of a finished run."""
    parts = iter(chunks)
    first = next(parts, None)
    if first is None:
        raise MergeError("There is nothing to merge.")
    return reduce(_together, parts, first)


def _together(one: ProjectionChunk, other: ProjectionChunk) -> ProjectionChunk:
    if one.manifest != other.manifest:
        raise MergeError("These partial results come from different runs and cannot be put together.")
    return ProjectionChunk(
        manifest=dict(one.manifest),
        sums={name: mine + other.sums[name] for name, mine in one.sums.items()},
        peaks={name: np.maximum(mine, other.peaks[name]) for name, mine in one.peaks.items()},
    )
