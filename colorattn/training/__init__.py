"""An experiment becomes a trained network.

`config` (experiments), `loop` (training and evaluation), `muon` (an
optimizer), `pretraining`, `checkpoint` (save and resume), `cuda_graphs` (on a
GPU, recorded once and replayed), `stacked` (many networks in one), `parallel`
(several processes train one network).
"""

from colorattn.training import checkpoint
from colorattn.training.config import BEST, EPOCH, POST, vary
from colorattn.training.cuda_graphs import GraphedStep, train_together
from colorattn.training.loop import (
    evaluate,
    learning_rate,
    start,
    stream_of,
    train,
    train_step,
)
from colorattn.training.pretraining import pretrain, query_vectors
from colorattn.training.stacked import Stack
