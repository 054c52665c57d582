"""A batch becomes logits: encoders, attention, the network, baselines.

`encoder` (images to maps), `attention` (`attend` and the read-outs),
`colornet` (the network), `baselines` (without learning).
"""

from colorattn.model.attention import attend, image_mean
from colorattn.model.baselines import (
    Matching,
    Uniform,
    blur,
    convolve,
    correlate,
    match,
    normalize,
    upright,
)
from colorattn.model.colornet import ColorNetImage
from colorattn.model.encoder import Encoder, EncoderConfig, convolutions
