"""Runs become stored rows: record, store, sweep.

`record` (train to the end, a row per epoch), `store` (what the package
keeps), `sweep` (many runs side by side), `cluster` (on many machines),
`catalog` (the course's sweeps), `entries` (of the record table).
"""

from colorattn.runs.catalog import CLIMB, SWEEPS, TOP
from colorattn.runs.record import VALIDATION_SCENES, scenes
from colorattn.runs.store import Record, load, model, tables
