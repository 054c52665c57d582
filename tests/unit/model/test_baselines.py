"""Baselines slide, match, blur and straighten as they say, without seeds."""

import pytest
import torch
import torch.nn.functional as F
from tiny import pixels
from torch.testing import assert_close

from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.model.baselines import (
    METHODS,
    Matching,
    PooledNet,
    Uniform,
    blur,
    centered,
    convolve,
    correlate,
    match,
    normalize,
    upright,
    window_sums,
)
from colorattn.model.colornet import ColorNetImage
from colorattn.training.loop import evaluate


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def dot(row: int, column: int, side: int = 7) -> torch.Tensor:
    """One pixel of ink."""
    picture = torch.zeros(1, 1, side, side)
    picture[0, 0, row, column] = 1
    return picture


def stroke(lean: float, side: int = 23) -> torch.Tensor:
    """A stroke of two pixels' width that leans so many columns a row."""
    row, column = torch.meshgrid(
        *[torch.arange(side) - (side - 1) / 2] * 2, indexing="ij"
    )
    ink = (1.5 - (column - lean * row).abs()).clamp(0, 1)
    return (ink * (row.abs() <= 6))[None]


def test_a_dot_under_the_window_reads_the_query_there():
    image = torch.zeros(1, 3, 5, 7)
    image[0, 1, 2, 3] = 2
    query = torch.arange(9.0).view(1, 1, 3, 3)
    found = correlate(image, query)
    assert found.shape == (1, 3, 3, 5)
    # Window (i, j) has the dot in its row 2 - i and column 3 - j.
    expected = torch.tensor([[0.0, 8, 7, 6, 0], [0, 5, 4, 3, 0]])
    assert_close(found[0, 1, :2], 2 * expected)
    assert not found[0, [0, 2]].any()


def test_a_convolution_puts_the_query_where_the_dot_is():
    image = torch.zeros(1, 3, 5, 7)
    image[0, 0, 2, 3] = 1
    query = torch.arange(9.0).view(1, 1, 3, 3)
    found = convolve(image, query)
    assert_close(found[0, 0, :, 1:4], query[0, 0])


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ([[0, 1], [0, 1]], 1),
        ([[2, 5], [2, 5]], 1),  # brighter, with more contrast
        ([[1, 0], [1, 0]], -1),
        ([[0, 0], [1, 1]], 0),
        ([[0, 1], [0, 0]], 3**-0.5),  # 1/2 · 4/3 over √(3/4), less means
        ([[3, 3], [3, 3]], 0),  # of one color
        ([[0, 0], [0, 0]], 0),
    ],
)
def test_a_match_is_a_cosine_without_means(patch, expected):
    query = torch.tensor([[0.0, 1], [0, 1]])
    found = match(torch.tensor(patch).float(), query)
    assert found.item() == pytest.approx(expected, abs=1e-6)


def test_windows_are_summed_from_edge_to_edge():
    image = torch.zeros(1, 3, 3, 4)
    image[0, 2] = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8], [9, 0, 1, 2]])
    expected = torch.tensor([[14.0, 18, 22], [20, 14, 18]])
    assert_close(window_sums(image, 2)[0, 2], expected)
    image = random(2, 3, 11, 13)
    pooled = F.avg_pool2d(image, 5, stride=1)
    assert_close(window_sums(image, 5), 25 * pooled)


def test_the_color_with_most_ink_is_named_by_uniform_attention():
    image = torch.zeros(2, 3, 8, 16).byte()
    image[0, 1, :3], image[0, 2, :2] = 40, 50
    image[1, 0, 0, 0] = 1
    logits, scores, weights = Uniform(cells=5)(image, pixels(2, 1, 28, 28))
    assert logits.argmax(dim=1).tolist() == [1, 0]
    assert_close(logits[0, 1].item(), 40 / 255 * 3 / 8)
    assert_close(weights, torch.full((2, 5, 5), 1 / 25))
    assert not scores.any()
    _, _, weights = Uniform()(image, pixels(2, 1, 28, 28))  # as the post has
    assert_close(weights, torch.full((2, 8, 8), 1 / 64))


@pytest.mark.parametrize("method", METHODS)
def test_the_best_window_names_the_color_and_draws_the_weights(method):
    query = pixels(1, 1, 28, 28)
    image = torch.zeros(1, 3, 64, 64).byte()
    shown = query.flip(2, 3) if method == "convolution" else query
    image[0, 2, 11 : 11 + 28, 30 : 30 + 28] = shown[0, 0]
    image[0, 0, 36:, :28] = pixels(28, 28, seed=1)
    logits, scores, weights = Matching(method)(image, query)
    assert logits.argmax().item() == 2
    # The window's corner is (11, 30), so its middle is 14 px further.
    assert divmod(int(scores.argmax()), 64) == (25, 44)
    assert divmod(int(weights.argmax()), 64) == (25, 44)
    assert_close(weights.sum().item(), 1.0)
    if method == "normalized":
        assert_close(logits[0, 2].item(), 28.0, rtol=1e-4, atol=0)


def test_no_weight_lies_where_no_window_is_centered():
    scenes = pixels(2, 3, 64, 64), pixels(2, 1, 28, 28)
    _, scores, weights = Matching()(*scenes)
    inside = torch.zeros(64, 64, dtype=torch.bool)
    inside[14:51, 14:51] = True
    assert torch.equal(scores.isfinite(), inside.expand(2, 64, 64))
    assert not weights[:, ~inside].any()


def test_a_slanted_stroke_stands_upright_and_an_upright_one_stays():
    for lean in (-0.5, 0.3, 0.6):
        found = upright(stroke(lean))
        assert match(found, stroke(0.0)).item() > 0.95
        assert match(stroke(lean), stroke(0.0)).item() < 0.8
    assert_close(upright(stroke(0.0)), stroke(0.0), atol=1e-5, rtol=0)


def test_an_unknown_method_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="no method 'guess'.*normalized"):
        Matching("guess")


def test_sliding_agrees_with_a_loop_over_windows():
    image, query = random(2, 3, 11, 13), random(2, 1, 5, 5, seed=1)
    found, fits = correlate(image, query), normalize(image, query)
    assert found.shape == fits.shape == (2, 3, 7, 9)
    for i in range(7):
        for j in range(9):
            window = image[:, :, i : i + 5, j : j + 5]
            products = (window * query).sum(dim=(2, 3))
            assert_close(found[:, :, i, j], products)
            expected = match(window, query)
            assert_close(fits[:, :, i, j], expected, atol=1e-4, rtol=0)


def test_a_match_is_the_correlation_coefficient():
    patches, query = random(5, 3, 7), random(3, 7, seed=1)
    rows = torch.cat([query[None], patches]).flatten(1)
    assert_close(match(patches, query), torch.corrcoef(rows)[0, 1:])


def test_a_blur_is_the_product_of_two_bells():
    found = blur(dot(3, 3), 1.5)[0, 0]
    bell = torch.exp(-((torch.arange(7.0) - 3) ** 2) / (2 * 1.5**2))
    assert_close(found / found.max(), bell[:, None] * bell)
    large = blur(dot(15, 15, 31), 1.5)
    assert_close(large.sum().item(), 1.0, rtol=1e-4, atol=0)
    picture = random(7, 11)
    assert_close(blur(picture, 1.5), blur(picture[None, None], 1.5)[0, 0])
    assert torch.equal(blur(picture, 0.0), picture)


def test_a_match_does_not_heed_brightness_contrast_or_order():
    a, b = random(7, 5, 5), random(7, 5, 5, seed=1)
    assert_close(match(3 * a + 2, b), match(a, b))
    assert_close(match(b, a), match(a, b))
    assert_close(match(1 - a, b), -match(a, b))


@pytest.mark.parametrize("method", METHODS)
def test_permuting_the_channels_permutes_the_logits_alone(method):
    image, query = pixels(3, 3, 40, 48), pixels(3, 1, 28, 28, seed=1)
    model = Matching(method)
    logits, _, weights = model(image, query)
    moved, _, same = model(image[:, [2, 0, 1]], query)
    assert_close(moved, logits[:, [2, 0, 1]])
    assert_close(same, weights)


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_and_its_scenes_one_by_one_give_the_same(method):
    image, query = pixels(5, 3, 40, 48), pixels(5, 1, 28, 28, seed=1)
    model = Matching(method, sigma=1.0)
    together = model(image, query)
    alone = [model(image[n : n + 1], query[n : n + 1]) for n in range(5)]
    for whole, parts in zip(together, zip(*alone, strict=True), strict=True):
        assert_close(whole, torch.cat(parts), rtol=1e-4, atol=1e-5)


def test_turning_a_drawing_over_turns_it_upright_over():
    drawings = random(3, 11, 11)
    assert_close(upright(drawings.flip(2)), upright(drawings).flip(2))


@pytest.mark.parametrize(
    "model", [Uniform(), Matching(), Matching("normalized", 1.5)]
)
def test_the_course_evaluates_a_baseline_like_a_net(model, drawings):
    scenes = fixed_scenes(drawings, Scene(), 11, seed=0)
    found = evaluate(model, scenes, chunk=7)
    assert all(0 <= value <= 1 for value in (found.accuracy, *found[2:]))
    assert list(model.parameters()) == []


def test_a_scene_without_ink_gives_numbers():
    image, query = torch.zeros(1, 3, 64, 64).byte(), pixels(1, 1, 28, 28)
    for model in (Uniform(), *map(Matching, METHODS)):
        logits, _, weights = model(image, query)
        assert logits.isfinite().all()
        assert weights.isfinite().all()
    assert upright(torch.zeros(1, 7, 7)).isfinite().all()


def test_logits_are_products_of_pixels_from_0_to_1():
    query = pixels(1, 1, 28, 28)
    image = torch.zeros(1, 3, 32, 48).byte()
    image[0, 1, 2:30, 5:33] = query
    logits, _, _ = Matching("correlation")(image, query)
    expected = (query.double() / 255).square().sum()
    assert_close(logits[0, 1].double(), expected, rtol=1e-5, atol=0)


@pytest.mark.parametrize("drop", [-4, 3])
def test_straightening_moves_no_ink_to_the_side_on_the_whole(drop):
    """The row of the mean ink stays put, wherever in the box it is."""
    slanted = stroke(0.4).roll(drop, dims=1)
    found = upright(slanted)
    assert match(found, stroke(0.0).roll(drop, dims=1)).item() > 0.95
    place = torch.arange(23.0)
    before, after = (
        torch.einsum("nij,j->n", picture, place) / picture.sum()
        for picture in (slanted, found)
    )
    assert_close(after, before, atol=0.05, rtol=0)


def test_two_rows_are_put_above_each_other():
    """Their ink is half a row from the middle: the smallest spread."""
    given = torch.zeros(1, 9, 9)
    given[0, 3, 2], given[0, 4, 4] = 1, 1
    found = upright(given)[0]
    middle = (found[3:5] * torch.arange(9.0)).sum(dim=1) / found[3:5].sum(1)
    assert_close(middle, torch.full((2,), 3.0), atol=0.05, rtol=0)


def test_the_slant_does_not_depend_on_the_amount_of_ink():
    slanted = torch.cat([stroke(0.4), stroke(-0.3)]).roll(3, dims=1)
    for amount in (1e-3, 17.0):
        ink = torch.tensor([1.0, amount])[:, None, None]
        assert_close(upright(ink * slanted), ink * upright(slanted))


@pytest.mark.parametrize(
    "model",
    [
        Uniform(),
        *[Matching(method, sigma=1.0) for method in METHODS],
        lambda image, query: [upright(query[:, 0].float())],
    ],
)
def test_baselines_compute_on_the_device_of_the_image(model):
    image, query = pixels(2, 3, 32, 40), pixels(2, 1, 28, 28)
    with torch.device("meta"):  # a default that nothing may fall back to
        found = model(image, query)
    for one, other in zip(found, model(image, query), strict=True):
        assert_close(one, other)


def test_a_window_counts_as_empty_below_a_thousandth_of_ink():
    """Its squared length is taken to be a thousandth at least."""
    query = random(1, 1, 5, 5)
    length = centered(query).square().sum()
    for squares, expected in (0.01, 1.0), (0.001, 1.0), (0.00001, 0.1):
        image = query.expand(1, 3, 5, 5) * (squares / length).sqrt()
        found = normalize(image, query)
        assert_close(found, torch.full((1, 3, 1, 1), expected))


# Without attention.


def pooled(seed: int = 3) -> PooledNet:
    """A network without attention, whose norms have seen some scenes."""
    model = PooledNet(seed)
    model(pixels(11, 3, 64, 64), pixels(11, 1, 28, 28))
    return model.eval()


def test_a_network_without_attention_is_as_large_as_the_posts():
    sizes = [
        sum(p.numel() for p in model.parameters())
        for model in (PooledNet(), ColorNetImage())
    ]
    assert sizes == [12_655, 12_668]


def test_without_attention_no_place_counts_more_than_another():
    """Features may change places: the logits stay, the weights are even."""
    model, image, query = pooled(), pixels(5, 3, 64, 64), pixels(5, 1, 28, 28)
    logits, scores, weights = model(image, query)
    order = random(64).argsort()

    def shuffle(encoder, pictures, cells):
        return cells.flatten(2)[..., order].unflatten(2, (8, 8))

    model.encode_image.register_forward_hook(shuffle)
    assert_close(model(image, query)[0], logits)
    assert_close(weights, torch.full((5, 8, 8), 1 / 64))
    assert not scores.any()


def test_without_attention_the_query_still_decides():
    model, image = pooled(), pixels(1, 3, 64, 64).expand(2, 3, 64, 64)
    query = pixels(2, 1, 28, 28)
    first, second = model(image, query)[0]
    assert not torch.allclose(first, second)
    assert_close(model(image[:1], query[:1])[0][0], first)


def test_each_cell_without_attention_is_scaled_shifted_and_mixed():
    model, image, query = pooled(), pixels(2, 3, 64, 64), pixels(2, 1, 28, 28)
    x, gamma = ((p / 255 - 0.1307) / 0.3081 for p in (image, query))
    vector = model.encode_query(gamma).mean(dim=(2, 3))
    scale, shift = model.condition(vector).split(32, dim=1)
    best = torch.zeros(2, 35)
    for cell in model.encode_image(x).flatten(2).unbind(dim=2):
        features = F.relu((1 + scale) * cell + shift)
        mixed = F.linear(features, model.mix.weight[:, :, 0, 0])
        best = best.maximum(mixed + model.mix.bias)
    assert_close(model(image, query)[0], model.head(best))


def test_without_attention_a_seed_gives_the_first_weights():
    one, same, other = (PooledNet(seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["mix.weight"], other["mix.weight"])
    by_default = PooledNet().state_dict()["mix.weight"]
    assert torch.equal(by_default, PooledNet(0).state_dict()["mix.weight"])


def test_without_attention_features_of_the_image_may_be_negative():
    image = pixels(2, 3, 64, 64)
    assert pooled().encode_image(image / 255).min() < 0
