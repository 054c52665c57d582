"""Augmented queries are the same drawings, changed a little."""

from dataclasses import fields, replace
from math import cos, radians, sin

import pytest
import torch
import torch.nn.functional as F
from tiny import EXPERIMENT

from colorattn.data import augmentation
from colorattn.data.augmentation import Augmented, augment
from colorattn.data.scene import Scene
from colorattn.data.seeds import Use, generator
from colorattn.data.stream import Batches, Repeated, Stream, fixed_scenes
from colorattn.training.loop import start, stream_of

AMOUNTS = "ROTATION", "SCALE"


@pytest.fixture
def only(monkeypatch):
    """Leave one kind of change, of a given size, and take all others away."""

    def leave(kind: str | None, size: float) -> None:
        for name in AMOUNTS:
            monkeypatch.setattr(augmentation, name, size * (name == kind))

    return leave


def dots(n: int) -> torch.Tensor:
    """Return n pictures with a dot of 2 by 2 px, 8 px right of the middle."""
    picture = torch.zeros(n, 1, 28, 28, dtype=torch.uint8)
    picture[:, :, 13:15, 21:23] = 200
    return picture


def middle(pictures: torch.Tensor) -> torch.Tensor:
    """Return row and column of the center of the ink, from the middle."""
    ink = pictures[:, 0].double()
    ink /= ink.sum(dim=(1, 2), keepdim=True)
    pixels = torch.arange(28).double() - 13.5
    return torch.stack(
        [(ink.sum(dim=2) * pixels).sum(1), (ink.sum(dim=1) * pixels).sum(1)],
        dim=1,
    )


def test_amounts_of_zero_leave_each_bit_as_it_is(only, drawings):
    only(None, 0.0)
    given = drawings.images.unsqueeze(1)
    assert torch.equal(augment(given, generator(0)), given)


def test_moves_go_up_to_their_bound_in_every_direction(only):
    only(None, 0.0)
    moved = middle(augment(dots(997), generator(1), 3.0))
    moved -= torch.tensor([0.0, 8.0])
    assert moved.abs().max() <= 3.02  # bytes are rounded
    assert (moved.amax(dim=0) > 2.8).all()
    assert (moved.amin(dim=0) < -2.8).all()


def test_turns_keep_the_distance_from_the_middle(only):
    only("ROTATION", torch.pi / 2)
    turned = middle(augment(dots(997), generator(1)))
    assert (turned.norm(dim=1) - 8).abs().max() < 0.1
    angle = torch.atan2(turned[:, 0], turned[:, 1])
    assert angle.abs().max() <= torch.pi / 2 + 0.02
    assert angle.max() > 1.5
    assert angle.min() < -1.5


def test_stretching_goes_both_ways_and_slants(only):
    only("SCALE", 0.25)
    found = middle(augment(dots(997), generator(1)))
    assert found[:, 1].min() < 8 / 1.2  # what is sampled wider is narrower
    assert found[:, 1].max() > 8 / 0.8
    only("SCALE", 0.0)
    assert (middle(augment(dots(7), generator(1)))[:, 0] == 0).all()
    upright = dots(997).transpose(2, 3)  # a dot below the middle
    only("SCALE", 0.25)
    slanted = middle(augment(upright, generator(1)))
    assert slanted[:, 1].abs().max() > 1.5  # to the side, by its height


def test_each_drawing_is_changed_by_amounts_of_its_own(drawings):
    one = drawings.images[:1].unsqueeze(1)
    many = augment(one.expand(13, -1, -1, -1), generator(0))
    assert many.dtype == torch.uint8
    assert many.shape == (13, 1, 28, 28)
    assert len({picture.numpy().tobytes() for picture in many}) == 13


@pytest.mark.parametrize("repeated", [False, True])
def test_a_stream_is_augmented_in_its_drawings_alone(drawings, repeated):
    stream: Batches = Stream(drawings, Scene(72), 6, seed=3, start=4)
    if repeated:
        scenes = fixed_scenes(drawings, Scene(72), 5, seed=3)
        stream = Repeated(scenes, batch_size=6, seed=3, start=4)
    augmented = Augmented(stream, drawings, seed=3)
    plain, changed = stream.batch(7), augmented.batch(7)
    for f in fields(plain):
        same = torch.equal(getattr(plain, f.name), getattr(changed, f.name))
        assert same == (f.name not in ("image", "query")), f.name
    again = Augmented(stream, drawings, seed=3)
    for name in ("image", "query"):
        seventh = getattr(changed, name)
        assert torch.equal(getattr(again.batch(7), name), seventh)
        assert not torch.equal(getattr(again.batch(8), name), seventh)
    assert torch.equal(next(iter(again)).query, again.batch(4).query)


@pytest.mark.parametrize("questions", [1, 2, 3])
def test_amounts_of_zero_leave_a_batch_as_it_is(only, drawings, questions):
    only(None, 0.0)
    stream = Stream(
        drawings, batch_size=6, seed=3, queries_per_scene=questions
    )
    augmented = Augmented(stream, drawings, 3, questions)
    plain, changed = stream.batch(1), augmented.batch(1)
    assert torch.equal(plain.image, changed.image)  # queries are moved


def test_questions_about_one_scene_find_it_the_same(drawings):
    stream = Stream(drawings, batch_size=6, seed=3, queries_per_scene=3)
    image = Augmented(stream, drawings, 3, queries_per_scene=3).batch(0).image
    assert torch.equal(image[0], image[2])
    assert not torch.equal(image[2], image[3])


def test_a_recipe_asks_for_it(drawings):
    recipe = replace(EXPERIMENT.recipe, augment=True)
    run = start(replace(EXPERIMENT, recipe=recipe, seed=5))
    plain = start(replace(EXPERIMENT, seed=5))
    one, other = (stream_of(r, drawings).batch(0) for r in (run, plain))
    assert torch.equal(one.positions, other.positions)
    assert not torch.equal(one.image, other.image)
    assert not torch.equal(one.query, other.query)


def test_every_drawing_is_mapped_by_the_amounts_drawn_for_it(drawings):
    """Against PyTorch's own affine grid, with the constants of the course."""
    given = drawings.images[:13].unsqueeze(1)
    found = augment(given, generator(2), 3.0)
    draws = torch.rand(13, 6, generator=generator(2)) * 2 - 1
    maps = []
    for turn, wide, tall, shear, right, down in draws.tolist():
        angle = radians(10 * turn)
        maps.append(
            [
                [
                    (1 + 0.1 * wide) * cos(angle),
                    0.1 * shear - sin(angle),
                    3 * right / 14,
                ],
                [sin(angle), (1 + 0.1 * tall) * cos(angle), 3 * down / 14],
            ]
        )
    grid = F.affine_grid(torch.tensor(maps), [13, 1, 28, 28], False)
    moved = F.grid_sample(given.float(), grid, align_corners=False)
    assert (found.float() - moved).abs().max() <= 0.51  # bytes are rounded


def test_batch_n_is_augmented_by_draws_of_its_own(drawings):
    """They follow from the seed, the use and n; queries are shifted too."""
    stream = Stream(drawings, batch_size=6, seed=3)
    plain, changed = stream.batch(7), Augmented(stream, drawings, 3).batch(7)
    random = generator(3, Use.AUGMENTATION, 7)
    shown = drawings.images_of(plain.drawing_ids).view(-1, 1, 28, 28)
    shown = augment(shown, random).view(6, 3, 28, 28)
    for n in range(6):
        for symbol in range(3):
            row, column = plain.positions[n, symbol].tolist()
            color = plain.colors[n, symbol]
            box = changed.image[n, color, row : row + 28, column : column + 28]
            assert box.equal(shown[n, symbol])
    assert changed.query.equal(augment(plain.query, random, 2.0))


def test_drawings_are_augmented_on_their_device(drawings):
    stream = Augmented(Stream(drawings, batch_size=6, seed=3), drawings, 3)
    with torch.device("meta"):  # a default that nothing may fall back to
        batch = stream.batch(0)
    expected = stream.batch(0)
    assert batch.image.equal(expected.image)
    assert batch.query.equal(expected.query)
