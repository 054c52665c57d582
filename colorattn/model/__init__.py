"""A batch becomes logits: encoders, attention, the network, baselines.

`encoder` (images to maps), `attention` (`attend` and the read-outs),
`colornet` (the network), `transformer` (every token asks), `baselines`
(without learning or attention).
"""

from colorattn.model.attention import attend, image_mean
from colorattn.model.baselines import (
    Matching,
    PooledNet,
    Uniform,
    blur,
    convolve,
    correlate,
    match,
    normalize,
)
from colorattn.model.colornet import ColorNetImage
from colorattn.model.encoder import Encoder, EncoderConfig, convolutions
from colorattn.model.transformer import (
    Block,
    SelfAttention,
    Transformer,
    TransformerConfig,
    attend_all,
    place_codes,
)
