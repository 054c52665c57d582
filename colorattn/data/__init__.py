"""A symbol becomes a batch: drawings, scenes, streams.

`download` (verified raw files), `symbols` (drawings by class), `scene`
(layout and painting), `seeds` (generators), `stream` (batches),
`augmentation` (random transformations), `rows` (chapter 12's scenes).
"""

from colorattn.data.augmentation import augment
from colorattn.data.rows import draw_rows, neighbor, repaint
from colorattn.data.scene import COLORS, SIDE, Scene, paint, sample_positions
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Stream, fixed_scenes
from colorattn.data.symbols import load
