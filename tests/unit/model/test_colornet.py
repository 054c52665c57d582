"""Attention, readers, encoders and the net that they make up."""

from dataclasses import replace
from math import log, prod

import pytest
import torch
import torch.nn.functional as F
from tiny import NET, SHARED, noise, pixels
from torch import nn
from torch.testing import assert_close

from colorattn.analysis.localization import localize
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.model.attention import (
    FLOOR,
    READOUTS,
    attend,
    features,
    image_log,
    image_mean,
    image_sum,
    image_sum_centered,
)
from colorattn.model.colornet import (
    MNIST_NORMALIZATION,
    ColorNetConfig,
    ColorNetImage,
    Normalization,
    ScalingHead,
)
from colorattn.model.encoder import (
    POOLINGS,
    Encoder,
    EncoderConfig,
    brightness,
    center,
    convolutions,
    mean,
)
from colorattn.training.config import BEST, vary

POST = ColorNetConfig()
POST_IMAGE = POST.image_encoder
LOG = {  # the logarithm and what it takes
    "model.readout": "image_log",
    "model.head": "none",
    "model.normalization": Normalization(),
}


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def some_weights(*shape: int) -> torch.Tensor:
    return noise(*shape).flatten(1).softmax(dim=1).view(shape)


def scenes(n: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    """Images that are wider than high, and queries."""
    return pixels(n, 3, 48, 80), pixels(n, 1, 28, 28, seed=1)


def used(config: ColorNetConfig, seed: int = 0) -> ColorNetImage:
    """A net whose norms have seen pictures, in evaluation mode."""
    model = ColorNetImage(config, seed)
    model(*scenes(13))
    return model.eval()


def test_scores_of_ln_1_ln_2_ln_3_give_weights_1_2_and_3_sixths():
    query = torch.tensor([[2.0, 0, 0, 0]])  # dim is 4, so its root is 2
    keys = torch.zeros(1, 4, 1, 3)
    keys[0, 0, 0] = torch.tensor([log(1), log(2), log(3)])
    scores, weights = attend(query, keys)
    assert_close(scores, torch.tensor([[[log(1), log(2), log(3)]]]))
    assert_close(weights, torch.tensor([[[1 / 6, 2 / 6, 3 / 6]]]))


def test_the_softmax_is_over_the_whole_map_not_over_rows_or_the_batch():
    query = torch.tensor([[1.0], [0.0]])
    keys = torch.tensor([[[[0.0, log(2)], [log(4), 0]]]]).expand(2, 1, 2, 2)
    _, weights = attend(query, keys)
    expected = [[[1 / 8, 2 / 8], [4 / 8, 1 / 8]], [[1 / 4, 1 / 4]] * 2]
    assert_close(weights, torch.tensor(expected))


def test_attention_agrees_with_pytorchs_own():
    query, keys = noise(3, 5), noise(3, 5, 7, 11, seed=1)
    everywhere = torch.eye(77).expand(3, 77, 77)  # values that name a place
    expected = F.scaled_dot_product_attention(
        query[:, None], keys.flatten(2).mT, everywhere
    )
    _, weights = attend(query, keys)
    assert_close(weights.flatten(1), expected[:, 0])


def test_scores_of_thousands_give_weights_not_nan():
    _, weights = attend(1e4 * noise(3, 5), noise(3, 5, 7, 11, seed=1))
    assert_close(weights.sum(dim=(1, 2)), torch.ones(3))


def test_image_mean_equals_upsampling_masking_and_averaging():
    image, weights = noise(3, 3, 10, 21), some_weights(3, 5, 7)
    mask = F.interpolate(weights[:, None], (10, 21), mode="nearest")
    expected = F.adaptive_avg_pool2d(mask * image, 1).flatten(1)
    assert_close(image_mean(image, weights), expected)
    assert_close(image_sum(image, weights), 35 * expected)  # of 35 cells


def test_image_sum_weighs_the_mean_colors_of_cells():
    image = torch.zeros(1, 3, 2, 4)  # two cells of 2 by 2 pixels
    image[0, 0, :, :2] = torch.tensor([[1.0, 2], [3, 6]])  # mean 3
    image[0, 2, :, 2:] = torch.tensor([[0.0, 8], [4, 4]])  # mean 4
    weights = torch.tensor([[[0.25, 0.75]]])
    assert_close(image_sum(image, weights), torch.tensor([[0.75, 0, 3]]))


@pytest.mark.parametrize("axis", [2, 3])
def test_centered_cells_have_their_middle_where_keys_have(axis):
    # Each pixel holds its own row (or column), so a mean is a position.
    shape = [1, 1, 1, 1]
    shape[axis] = 64
    image = torch.arange(64.0).view(shape).expand(1, 3, 64, 64)
    for n in range(8):
        weights = torch.zeros(1, 8, 8)
        weights[0].select(axis - 2, n)[5] = 1
        found = image_sum_centered(image, weights)
        # 8 pixels, 8n - 4 to 8n + 3; of the first cell only 0 to 3 exist.
        assert_close(found, torch.full((1, 3), 8.0 * n - 0.5 if n else 1.5))


def test_centered_cells_of_one_pixel_are_the_pixels():
    image, weights = noise(2, 3, 5, 7), some_weights(2, 5, 7)
    found = image_sum_centered(image, weights)
    assert_close(found, torch.einsum("bij,bcij->bc", weights, image))


def test_reading_features_is_pytorchs_attention_with_the_keys_as_values():
    query, keys = noise(3, 5), noise(3, 5, 7, 11, seed=1)
    _, weights = attend(query, keys)
    items = keys.flatten(2).mT
    expected = F.scaled_dot_product_attention(query[:, None], items, items)
    found = features(keys, weights)
    assert_close(found, expected[:, 0])


def test_the_logarithm_reads_shares_of_the_ink():
    image = torch.zeros(1, 3, 2, 4)  # two cells of 2 by 2 pixels
    image[0, 0, :, :2], image[0, 2, :, 2:] = 0.8, 0.4
    weights = torch.tensor([[[0.25, 0.75]]])
    red, green, blue = 0.25 * 0.8 + 1e-3, 1e-3, 0.75 * 0.4 + 1e-3
    found = image_log(image, weights)
    assert_close(found, torch.tensor([[log(red), log(green), log(blue)]]))
    shares = torch.tensor([[red, green, blue]]) / (red + green + blue)
    assert_close(found.softmax(dim=1), shares)


def test_the_cross_entropy_of_the_logarithm_is_that_of_purity(drawings):
    batch = fixed_scenes(drawings, Scene(), 11, seed=0)
    weights = some_weights(11, 8, 8)
    logits = image_log(batch.image / 255, weights)
    ink = logits.exp() - FLOOR
    share = ink.gather(1, batch.target[:, None]) / ink.sum(1, keepdim=True)
    purity = localize(weights, batch).purity
    assert_close(share[:, 0], purity)
    loss = F.cross_entropy(logits, batch.target, reduction="none")
    assert_close(loss, -purity.log(), rtol=0.05, atol=0)  # for the floor


def test_the_logarithm_has_the_gradient_of_its_formula_also_on_black():
    weights = some_weights(2, 3, 5).double().requires_grad_()
    image = noise(2, 3, 6, 10).abs().double()
    image[1] = 0
    assert torch.autograd.gradcheck(lambda w: image_log(image, w), weights)
    assert_close(
        image_log(image, weights)[1], torch.tensor([log(FLOOR)] * 3).double()
    )


@pytest.mark.parametrize("read", READOUTS)
def test_weights_that_share_an_image_read_it_as_if_it_were_repeated(read):
    source = noise(2, 5, 7, 3) if read == "features" else noise(2, 3, 14, 6)
    source, weights = source.abs(), some_weights(6, 7, 3)
    found = READOUTS[read](source, weights)
    apart = READOUTS[read](source.repeat_interleave(3, dim=0), weights)
    assert_close(found, apart)
    assert not torch.allclose(found, READOUTS[read](source[[0] * 6], weights))


def test_queries_that_share_a_map_are_scored_as_if_it_were_repeated():
    query, keys = noise(6, 5), noise(2, 5, 7, 11, seed=1)
    found = attend(query, keys)
    apart = attend(query, keys.repeat_interleave(3, dim=0))
    for one, other in zip(found, apart, strict=True):
        assert_close(one, other)


@pytest.mark.parametrize("read", READOUTS)
def test_no_reader_prefers_rows_to_columns(read):
    source = noise(2, 5, 3, 3) if read == "features" else noise(2, 3, 24, 24)
    source, weights = source.abs(), some_weights(2, 3, 3)
    found = READOUTS[read](source, weights)
    turned = READOUTS[read](source.mT, weights.mT)
    assert_close(found, turned)


# Encoders


def test_the_post_has_12_668_parameters_branch_by_branch():
    model = ColorNetImage()
    image, query = model.encode_image.layers, model.encode_query.layers
    assert [count(image[n]) for n in (0, 3, 6)] == [608, 1_168, 4_640]
    assert [count(query[n]) for n in (0, 3, 6)] == [208, 1_168, 4_640]
    assert sum(count(image[n]) for n in (1, 4, 7)) == 112
    assert count(image) == 6_528
    assert count(query) == 6_128
    assert count(model.head) == 12
    assert count(model) == 12_668


def test_the_best_net_is_no_larger_than_the_posts():
    assert count(ColorNetImage(BEST.model)) == 12_302
    bare = vary(BEST, {**LOG, "model.image_encoder.bias": False})
    assert count(ColorNetImage(bare.model)) == 12_302 - 98 - 12


def layers(config: EncoderConfig) -> list[str]:
    names = {nn.Conv2d: "conv", nn.BatchNorm2d: "norm", nn.ReLU: "relu"}
    made = Encoder(config, convolutions(config, 3)).layers
    return [names[type(part)] for part in made if type(part) in names]


def test_convolutions_norms_and_relus_stand_in_the_order_asked():
    assert layers(EncoderConfig()) == ["conv", "norm", "relu"] * 3
    last = EncoderConfig(last_relu=False)
    assert layers(last) == ["conv", "norm", "relu"] * 2 + ["conv", "norm"]
    bare = EncoderConfig(norm=False, last_relu=False)
    assert layers(bare) == ["conv", "relu", "conv", "relu", "conv"]
    late = EncoderConfig(order="conv-relu-norm")
    assert layers(late) == ["conv", "relu", "norm"] * 3


def test_convolutions_of_one_shape_are_one_where_they_are_tied():
    shape = (5,) * 4, (3, 3, 3, 5), (2, 1, 1, 1), (1, 1, 1, 1)
    first, second, third, last = convolutions(EncoderConfig(*shape), 5)
    assert len({first, second, third, last}) == 4
    config = EncoderConfig(*shape, tied=True)
    first, second, third, last = convolutions(config, 5)
    assert second is third and len({first, second, last}) == 3
    norms = [m for m in Encoder(config, [second, third]).layers][1::3]
    assert norms[0] is not norms[1]


def test_a_norm_cancels_the_bias_before_it():
    config = EncoderConfig(bias=False)
    encode = Encoder(config, convolutions(config, 3))
    filters = 3 * 8 * 25 + 8 * 16 * 9 + 16 * 32 * 9
    assert count(encode) == filters + 2 * (8 + 16 + 32)
    biased = Encoder(replace(config, bias=True), convolutions(POST_IMAGE, 3))
    for own, other in zip(encode.layers, biased.layers, strict=True):
        if isinstance(own, nn.Conv2d):
            other.weight.data = own.weight.data
            other.bias.data = 10 * noise(len(other.bias))
    borderless = noise(3, 3, 16, 16)
    assert_close(encode(borderless), biased(borderless), rtol=1e-3, atol=1e-4)


def test_a_relu_can_leak():
    config = EncoderConfig((1, 1), (1, 1), (1, 1), (1, 1), slope=0.25)
    first, last = (
        r for r in Encoder(config, convolutions(config, 1)).layers[2::3]
    )
    assert last(torch.tensor([-4.0, 4])).tolist() == [-1, 4]
    assert first(torch.tensor([-4.0, 4])).tolist() == [-1, 4]


def test_an_encoder_can_see_means_of_its_picture():
    config = EncoderConfig(shrink=2)
    encode, picture = (
        Encoder(config, convolutions(config, 1)),
        noise(2, 1, 8, 12),
    )
    plain = encode.layers[1:]
    halved = F.avg_pool2d(picture, 2)
    assert_close(encode(picture), plain(halved))


@pytest.mark.parametrize("side", [3, 5])
def test_a_window_compares_squares_of_cells(side):
    config = EncoderConfig((5,), (3,), (1,), (1,), window=side)
    encode = Encoder(config, convolutions(config, 1)).eval()
    picture, query = noise(1, 1, 7, 11), noise(1, 1, side, side, seed=1)
    scores, _ = attend(center(encode(query)), encode(picture))
    cells, template = encode.layers[:-1](picture), encode.layers[:-1](query)
    expected = F.conv2d(cells, template, padding=side // 2)[:, 0]
    assert config.dim == 5 * side**2
    assert_close(scores, expected / config.dim**0.5)


@pytest.mark.parametrize(
    ("config", "sides"),
    [
        (EncoderConfig(), [(8, 10), (4, 4)]),
        (EncoderConfig(padding=False), [(6, 8), (2, 2)]),
        (EncoderConfig(strides=(2, 2, 1)), [(16, 20), (7, 7)]),
        (EncoderConfig(dilations=(1, 2, 3)), [(8, 10), (4, 4)]),
        (BEST.model.image_encoder, [(16, 20), (7, 7)]),
    ],
    ids=["post", "no padding", "stride 4", "dilated", "best"],
)
def test_maps_have_the_sizes_worked_out_by_hand(config, sides):
    encode = Encoder(config, convolutions(config, 1))
    for picture, side in zip([(64, 80), (28, 28)], sides, strict=True):
        found = encode(noise(2, 1, *picture))
        assert found.shape == (2, config.channels[-1], *side)


def seen(config: EncoderConfig, key: int) -> tuple[int, int]:
    """First and last row of pixels that a key in that row depends on."""
    encode = Encoder(config, convolutions(config, 1)).eval()
    for weight in encode.parameters():  # so that nothing cancels, or is cut
        weight.data.abs_().clamp_(min=0.01)
    picture = torch.ones(1, 1, 128, 128, requires_grad=True)
    encode(picture)[0, :, key, 3].sum().backward()
    rows = picture.grad[0, 0].abs().sum(dim=1).nonzero().flatten()
    return int(rows.min()), int(rows.max())


def test_keys_see_the_pixels_worked_out_by_hand():
    # The post: 17 pixels, centered on 8 times the key's row.
    assert seen(EncoderConfig(), key=5) == (40 - 8, 40 + 8)
    assert seen(EncoderConfig(padding=False), key=5) == (40, 40 + 16)
    # Dilated: 1 + 4 + 2·2 + 4·2 + 4·2·2 + 4·2 = 41, on stride 4.
    assert seen(SHARED.image_encoder, key=13) == (52 - 20, 52 + 20)
    assert seen(BEST.model.image_encoder, key=13) == (52 - 23, 52 + 23)


def test_the_mean_pooling_averages_the_map_and_the_center_takes_its_middle():
    map_ = torch.arange(70.0).view(1, 2, 5, 7)
    assert_close(mean(map_), torch.tensor([[17.0, 52.0]]))
    assert_close(center(map_), torch.tensor([[17.0, 52.0]]))
    four = torch.arange(16.0).view(1, 1, 4, 4)  # the post's map of a query:
    assert center(four) == 10  # (2, 2) is on pixel 16, nearest to 13.5


def test_brightness_takes_the_brightest_channel_of_each_pixel():
    image = torch.tensor([[0.0, 3], [2, 1], [1, 2]]).view(1, 3, 1, 2)
    assert_close(brightness(image), torch.tensor([[[[2.0, 3]]]]))


# The net


PARTS = {
    **{
        f"read {r}": replace(NET, readout=r, normalization=Normalization())
        for r in READOUTS
        if "image" in r
    },
    "read features": replace(NET, readout="features", head="linear"),
    "read features, scaled": replace(NET, readout="features"),
    "head linear": replace(NET, head="linear"),
    "head none": replace(NET, head="none"),
    **{f"pool {p}": replace(NET, query_pooling=p) for p in POOLINGS},
    "scores doubled": replace(NET, score_scale=2.0),
    "zero to one": replace(NET, normalization=Normalization()),
    "colorless keys": replace(NET, key_input="brightness"),
    **{
        name: replace(NET, image_encoder=encoder, query_encoder=encoder)
        for name, encoder in {
            "relu before norm": EncoderConfig(order="conv-relu-norm"),
            "no padding": EncoderConfig(padding=False),
            "no norm": EncoderConfig(norm=False),
            "no last relu": EncoderConfig(last_relu=False),
            "dilated": EncoderConfig(dilations=(1, 1, 2)),
            "stride 4": EncoderConfig(strides=(2, 1, 2)),
            "one layer": EncoderConfig((5,), (3,), (4,), (1,)),
            "no bias": EncoderConfig(bias=False),
            "leaky": EncoderConfig(slope=0.1),
            "shrunk": EncoderConfig(shrink=2),
            "windows": EncoderConfig(window=3),
        }.items()
    },
    "shared": SHARED,
    "shared, centered": replace(SHARED, readout="image_sum_centered"),
    "shared, no norm": replace(
        SHARED, image_encoder=replace(SHARED.image_encoder, norm=False)
    ),
    "post": POST,
    "best": BEST.model,
    "best, unpadded": replace(BEST.model, query_unpadded=3),
    "best, shifted": replace(BEST.model, shared_shifts=True),
}


@pytest.mark.parametrize("config", PARTS.values(), ids=PARTS)
def test_every_part_builds_runs_and_learns(config):
    model = ColorNetImage(config)
    logits, scores, weights = model(*scenes(7))
    F.cross_entropy(logits, torch.arange(7) % 3).backward()
    assert scores.shape == weights.shape
    assert weights.shape[2] > weights.shape[1]  # as the image is
    assert_close(weights.sum(dim=(1, 2)), torch.ones(7))
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        if parameter.ndim > 1:  # a norm takes a bias's gradient away
            assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"readout": "x"}, "no readout 'x'.*_mean.*_sum.*_centered.*features"),
        ({"head": "x"}, "no head 'x'.*scaling.*linear.*none"),
        ({"query_pooling": "x"}, "no query_pooling 'x'.*mean.*center"),
        ({"key_input": "x"}, "no key_input 'x'.*colors.*brightness"),
        ({"image_encoder.order": "x"}, "no order 'x'.*conv-norm-relu"),
        ({"image_encoder.strides": (2, 2)}, r"one value for.*\[3, 3, 2, 3"),
        ({"image_encoder.channels": (8, 31, 31)}, "keys have 31 .*tor 32"),
        ({"readout": "features", "head": "none"}, "without a head the 32 fe"),
        (
            {"image_encoder.padding": False, "readout": "image_sum_centered"},
            "without padding keys are not",
        ),
        (
            {"image_encoder.channels": (8, 32)},
            "^channels, kernels, strides and dilations need one value for "
            r"each convolution; they have \[2, 3, 3, 3\].$",
        ),
        ({"image_encoder.window": 2}, "2 cells has no center"),
        ({"image_encoder.window": 3}, "keys have 288 .*tor 32"),
        ({"readout": "image_log"}, "no logarithm of normalized pixels"),
    ],
)
def test_parts_that_do_not_exist_or_fit_are_refused_in_words(changes, told):
    with pytest.raises(ValueError, match=told):
        vary(POST, changes)


def test_pixels_are_normalized_as_configured():
    model = ColorNetImage(replace(NET, normalization=MNIST_NORMALIZATION))
    found = model.normalize(torch.tensor([0, 255]).byte())
    expected = [-0.1307 / 0.3081, (1 - 0.1307) / 0.3081]
    assert_close(found, torch.tensor(expected))
    plain = ColorNetImage(replace(NET, normalization=Normalization()))
    for given in (
        torch.tensor([0, 51, 255]).byte(),
        torch.tensor([0.0, 51, 255]),
    ):
        assert_close(plain.normalize(given), torch.tensor([0, 0.2, 1]))
        assert given.tolist() == [0, 51, 255]  # left as it was


def test_the_head_begins_with_50_on_its_diagonal_and_minus_10_elsewhere():
    head = ScalingHead(3, 60.0)
    expected = [[50.0, -10, -10], [-10, 50, -10], [-10, -10, 50]]
    assert_close(head.weight.data, torch.tensor(expected))
    assert_close(head.bias.data, torch.zeros(3))


def test_at_first_only_the_diagonal_of_the_head_matters():
    glimpse = noise(5, 3)
    found = ScalingHead(3, 60.0)(glimpse).softmax(dim=1)
    assert_close(found, (60 * glimpse).softmax(dim=1))


@pytest.mark.parametrize("config", [POST, PARTS["no norm"]])
def test_the_net_is_the_posts_five_steps(config):
    model, (image, query) = used(config), scenes(5)
    x, gamma = ((p / 255 - 0.1307) / 0.3081 for p in (image, query))
    keys = model.encode_image.layers(x)
    vector = F.adaptive_avg_pool2d(model.encode_query.layers(gamma), 1)
    products = (vector * keys).sum(dim=1) / keys.shape[1] ** 0.5
    mask = products.flatten(1).softmax(dim=1).view_as(products)
    large = F.interpolate(mask[:, None], image.shape[2:])
    glimpse = F.adaptive_avg_pool2d(large * x, 1).flatten(1)
    expected = F.linear(glimpse, model.head.weight, model.head.bias)

    logits, scores, weights = model(image, query)
    assert_close(scores, products)
    assert_close(weights, mask)
    assert_close(logits, expected, rtol=1e-4, atol=1e-5)


def test_the_scale_of_scores_is_one_over_a_temperature():
    pictures = scenes(5)
    _, plain, _ = used(POST)(*pictures)
    _, scores, weights = used(replace(POST, score_scale=2.0))(*pictures)
    assert torch.equal(scores, 2 * plain)  # a power of two is exact
    assert_close(weights.flatten(1), (2 * plain).flatten(1).softmax(dim=1))


@pytest.mark.parametrize("config", [POST, BEST.model], ids=["post", "best"])
def test_queries_that_share_an_image_are_answered_as_if_it_were_repeated(
    config,
):
    model, (image, query) = used(config), scenes(6)
    shared = model(image[:2], query)
    apart = model(image[:2].repeat_interleave(3, dim=0), query)
    for one, other in zip(shared, apart, strict=True):
        assert_close(one, other)


def test_a_query_without_padding_shrinks_to_the_center_of_a_padded_one():
    model, (image, query) = used(BEST.model, seed=3), scenes(6)
    bare = ColorNetImage(replace(BEST.model, query_unpadded=3), seed=3).eval()
    assert count(bare) == count(model)
    one, other = (
        [p for n, p in net.named_parameters()] for net in (model, bare)
    )
    assert all(map(torch.equal, one, other))
    bare.load_state_dict(model.state_dict())
    vector = bare.encode_query(bare.normalize(query))
    assert vector.shape == (6, 24, 1, 1)
    for found, expected in zip(
        bare(image, query), model(image, query), strict=True
    ):
        assert_close(found, expected)


@pytest.mark.parametrize("config", [POST, BEST.model], ids=["post", "best"])
def test_a_batch_and_its_batchone_by_one_give_the_same(config):
    model, (image, query) = used(config), scenes(5)
    together = model(image, query)
    alone = [model(image[n : n + 1], query[n : n + 1]) for n in range(5)]
    for whole, parts in zip(together, zip(*alone, strict=True), strict=True):
        assert_close(whole, torch.cat(parts), rtol=1e-4, atol=1e-5)


def test_a_shared_encoder_shares_convolutions_and_not_norms():
    model = ColorNetImage(SHARED)
    image, query = model.encode_image.layers, model.encode_query.layers
    for a, b in zip(image, query, strict=True):
        assert (a is b) == isinstance(a, nn.Conv2d), type(a)
    kernels = prod((5, 5, 1, 2)) + 9 * (2 * 3 + 3 * 5 + 5 * 7 + 7 * 11)
    biases, head = 2 + 3 + 5 + 7 + 11, 12
    assert count(model) == kernels + biases + 2 * 2 * biases + head


def test_norms_that_share_shifts_keep_statistics_of_their_own():
    model, plain = used(replace(SHARED, shared_shifts=True)), used(SHARED)
    channels = 2 + 3 + 5 + 7 + 11
    assert count(model) == count(plain) - 3 * channels
    norms = [e.layers[1::3] for e in (model.encode_image, model.encode_query)]
    for one, other in zip(*norms, strict=True):
        assert one.bias is other.bias and one.weight is other.weight is None
        assert not torch.equal(one.running_mean, other.running_mean)
    for one, other in zip(model(*scenes()), plain(*scenes()), strict=True):
        assert_close(one, other)  # shifts begin at 0, and scales at 1


def test_images_do_not_move_the_norms_of_queries():
    image, query = scenes(7)
    norms = {}
    for light in (0, 1):
        model = ColorNetImage(SHARED)
        model(image * light, query)
        norms[light] = [
            encoder.layers[1].running_mean
            for encoder in (model.encode_image, model.encode_query)
        ]
    assert not torch.equal(norms[0][0], norms[1][0])  # of images
    assert torch.equal(norms[0][1], norms[1][1])  # of queries


@pytest.mark.parametrize(
    "config", [SHARED, replace(NET, key_input="brightness")]
)
def test_permuting_the_colors_of_an_image_permutes_the_glimpse_alone(config):
    model, (image, query) = used(replace(config, head="none")), scenes(5)
    glimpse, _, weights = model(image, query)
    moved, _, same = model(image[:, [2, 0, 1]], query)
    assert_close(moved, glimpse[:, [2, 0, 1]])
    assert torch.equal(same, weights)
    assert not torch.allclose(moved, glimpse)


@pytest.mark.parametrize(
    "variant",
    [
        replace(POST, readout="features", head="linear"),
        replace(POST, query_pooling="center", head="none"),
        replace(POST, image_encoder=EncoderConfig(norm=False)),
        replace(POST, image_encoder=EncoderConfig(padding=False)),
        replace(POST, image_encoder=EncoderConfig(last_relu=False)),
        replace(POST, image_encoder=EncoderConfig(order="conv-relu-norm")),
        replace(POST, image_encoder=EncoderConfig(dilations=(1, 1, 2))),
    ],
    ids=["features", "center", "no norm", "no padding", "no last relu"]
    + ["order", "dilated"],
)
def test_nets_with_one_seed_begin_alike_in_every_convolution(variant):
    def kernels(config: ColorNetConfig) -> list[torch.Tensor]:
        state = ColorNetImage(config, seed=5).state_dict().values()
        return [value for value in state if value.ndim == 4]

    post, other = kernels(POST), kernels(variant)
    assert len(post) == len(other) == 6
    assert all(map(torch.equal, post, other))


def test_a_shared_encoder_begins_like_the_image_encoder_where_sizes_agree():
    shared = replace(POST, query_encoder=None)
    state = ColorNetImage(shared, seed=5).encode_image.state_dict()
    post = ColorNetImage(POST, seed=5).encode_image.state_dict()
    for name in ("layers.3.weight", "layers.3.bias", "layers.6.weight"):
        assert torch.equal(state[name], post[name])


def test_seeds_and_layers_begin_differently():
    one, two = ColorNetImage(seed=1), ColorNetImage(seed=2)
    first = one.encode_image.layers[3].weight
    assert not torch.equal(first, two.encode_image.layers[3].weight)
    assert not torch.equal(first, one.encode_query.layers[3].weight)


def test_layers_begin_with_pytorchs_own_spread():
    weight = ColorNetImage().encode_image.layers[6].weight
    bound = 1 / (16 * 9) ** 0.5  # uniform within 1/√(inputs)
    assert weight.abs().max() <= bound
    assert_close(weight.std().item(), bound / 3**0.5, rtol=0.02, atol=0)


def test_building_a_net_leaves_the_global_random_state_untouched():
    before = torch.get_rng_state()
    ColorNetImage(NET, seed=5)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_global_random_state_has_no_say_in_a_net():
    nets = []
    for elsewhere in (1, 2):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(elsewhere)
            nets.append(ColorNetImage(NET, seed=5).state_dict())
    assert all(torch.equal(nets[0][k], nets[1][k]) for k in nets[0])
