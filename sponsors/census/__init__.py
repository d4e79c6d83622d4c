"""Census files: screen, map, parse, keep. Pure (pandas, numpy, standard library): no Django, no database, no clock.

decoded = screen_upload(data, "census.csv")            # refuses what must never be stored
mapping = guess_mapping(decoded.headers, decoded.sample_rows())  # a person confirms or corrects it
parse = parse_census(decoded, mapping, as_of, fund_keys)
data, sha256 = snapshot_bytes(parse)                   # the accepted people, columnar
"""

from .errors import CensusFileError
from .mapping import Mapping, guess_mapping, validate_mapping
from .parse import CensusParse, RowRefusal, parse_census
from .screen import DecodedFile, Limits, screen_upload
from .snapshot import CensusSnapshotArrays, read_snapshot, snapshot_bytes

__all__ = [
    "CensusFileError",
    "CensusParse",
    "CensusSnapshotArrays",
    "DecodedFile",
    "Limits",
    "Mapping",
    "RowRefusal",
    "guess_mapping",
    "parse_census",
    "read_snapshot",
    "screen_upload",
    "snapshot_bytes",
    "validate_mapping",
]
