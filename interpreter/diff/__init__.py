"""What differs in meaning between two contracts: `compare` gives the `Changes`."""

from interpreter.diff.changes import Change as Change, Changes as Changes, Kind as Kind, Thing as Thing
from interpreter.diff.compare import compare as compare
