"""Scenes are what the task says, forever new, and the same for a seed."""

import ast
import pickle
from collections import Counter
from dataclasses import fields, replace
from itertools import combinations, islice, pairwise, permutations, product
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

from colorattn.data import stream, symbols
from colorattn.data.scene import COLORS, SIDE, Scene, sample_positions
from colorattn.data.seeds import Use, child_seed, fresh_seed, generator
from colorattn.data.stream import Batch, Repeated, Stream, draw, fixed_scenes

ROOT = Path(__file__).parents[3]
N = 997  # scenes, where many are needed
SCENES = [
    Scene(),
    Scene(96, 3, 28),
    Scene(64, 2, 31),
    Scene(40, 3, 0),
    Scene(32, 2, 4),
]


def same(a: Batch, b: Batch) -> bool:
    """Say whether two batches agree in every bit."""
    return all(
        torch.equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a)
    )


def assert_uniform(found: list, values: list) -> None:
    """Refuse what a uniform draw gives about once in a million times.

    Chi-square: its mean is the degrees of freedom, its variance twice that.
    """
    counts = Counter(found)
    assert set(counts) <= set(values)
    expected = len(found) / len(values)
    surprise = sum((counts[v] - expected) ** 2 / expected for v in values)
    freedom = len(values) - 1
    assert surprise < freedom + 5 * (2 * freedom) ** 0.5 + 10, counts


def sources() -> list[Path]:
    """List the code that may draw random numbers from the course's seeds."""
    return sorted(
        path
        for folder in ("colorattn", "book/tools", "tests/benchmarks")
        for path in (ROOT / folder).rglob("*.py")
    )


def test_shapes_and_types_are_those_of_the_course(drawings):
    batch = Stream(drawings, Scene(72, 2, 7), 13, seed=0).batch(0)
    assert len(batch) == 13
    assert {
        f.name: tuple(getattr(batch, f.name).shape) for f in fields(batch)
    } == {
        "image": (13, 3, 72, 72),
        "query": (13, 1, 28, 28),
        "target": (13,),
        "query_index": (13,),
        "classes": (13, 2),
        "colors": (13, 2),
        "positions": (13, 2, 2),
        "drawing_ids": (13, 2),
        "query_id": (13,),
    }
    for f in fields(batch):
        small = f.name in ("image", "query")
        kind = torch.uint8 if small else torch.int64
        assert getattr(batch, f.name).dtype == kind


def test_of_two_drawings_the_query_is_the_other_one(drawings):
    """Class k is drawings 2k and 2k + 1, whose sum is 4k + 1."""
    counts = torch.tensor([2] * 10)
    two = replace(drawings, images=drawings.images[:20], counts=counts)
    batch = Stream(two, Scene(), 101, seed=0).batch(0)
    each = torch.arange(101)
    shown = batch.drawing_ids[each, batch.query_index]
    asked = batch.classes[each, batch.query_index]
    assert torch.equal(shown + batch.query_id, 4 * asked + 1)


@pytest.mark.parametrize("questions", [1, 2, 3])
def test_questions_in_a_row_ask_about_other_symbols_of_one_scene(
    drawings, questions
):
    batch = Stream(drawings, batch_size=6, seed=5, queries_per_scene=questions)
    rows = batch.batch(2)
    assert len(rows) == 6
    for start in range(0, 6, questions):
        part = rows[start : start + questions]
        for name in ("image", "classes", "colors", "positions", "drawing_ids"):
            of_scene = getattr(part, name)
            assert (of_scene == of_scene[:1]).all()
        assert len(set(part.query_index.tolist())) == questions
        assert len(set(part.target.tolist())) == questions
    each = torch.arange(6)
    shown, asked = rows.classes[each, rows.query_index], rows.query_id
    assert torch.equal(drawings.labels(asked), shown)
    assert (asked != rows.drawing_ids[each, rows.query_index]).all()
    assert not torch.equal(rows.image[0], rows.image[questions % 6])


def test_with_several_questions_every_symbol_is_asked_first_alike(drawings):
    rows = Stream(
        drawings, batch_size=N * 2, seed=1, queries_per_scene=2
    ).batch(0)
    assert_uniform(rows.query_index[::2].tolist(), [0, 1, 2])
    assert_uniform(rows.target.tolist(), [0, 1, 2])


def test_some_scenes_can_be_taken_out_of_a_batch(drawings):
    batch = Stream(drawings, Scene(), 11, seed=0).batch(0)
    part = batch[2:5]
    assert len(part) == 3
    assert torch.equal(part.positions, batch.positions[2:5])
    assert same(batch[torch.tensor([2, 3, 4])], part)


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        (
            (64, 4, 20),
            "num_symbols cannot be 4: take 2 or 3, because each has a primary "
            "color of its own.$",
        ),
        ((64, 1, 20), "num_symbols cannot be 1: take 2 or 3"),
        ((60, 3, 20), "canvas cannot be 60 px"),
        ((24, 3, 0), "canvas cannot be 24 px"),
        ((64, 3, 37), "37 px apart do not fit .* spacing can be 0 to 36 px"),
        ((64, 3, -1), "spacing can be 0 to 36 px"),
    ],
)
def test_impossible_scenes_are_refused_in_words(scene, told):
    with pytest.raises(ValueError, match=told):
        Scene(*scene)


def test_drawing_a_hardly_possible_layout_comes_to_an_end(drawings):
    scene = Scene(64, 3, 36)  # three of the four corners, or nearly
    with pytest.raises(ValueError, match="hardly any layout keeps symbols 36"):
        Stream(drawings, scene, 31, seed=0).batch(0)


def test_the_largest_spacing_that_corners_allow_is_found(drawings):
    batch = Stream(drawings, Scene(32, 3, 4), 101, seed=0).batch(0)
    for a, b in combinations(range(3), 2):
        apart = batch.positions[:, a] - batch.positions[:, b]
        assert (apart.abs().amax(dim=1) == 4).all()


# Oracle: an honest loop, one scene and one symbol at a time.


def paint_one_by_one(images, batch: Batch, canvas: int) -> torch.Tensor:
    """Paint scenes as a person would."""
    found = torch.zeros(len(batch), 3, canvas, canvas, dtype=torch.uint8)
    for n in range(len(batch)):
        for s in range(batch.colors.shape[1]):
            color = int(batch.colors[n, s])
            row, column = batch.positions[n, s].tolist()
            for i, j in product(range(SIDE), repeat=2):
                pixel = images[batch.drawing_ids[n, s], i, j]
                found[n, color, row + i, column + j] = pixel
    return found


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_each_symbol_is_alone_in_its_channel_pixel_by_pixel(drawings, scene):
    batch = Stream(drawings, scene, 3, seed=2).batch(5)
    expected = paint_one_by_one(drawings.images, batch, scene.canvas)
    assert torch.equal(batch.image, expected)


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_a_channel_is_one_symbol_or_empty(drawings, scene):
    batch = Stream(drawings, scene, 101, seed=2).batch(3)
    inked = (batch.image > 0).sum(dim=(2, 3))  # no drawing has a black pixel
    shown = torch.zeros(101, 3, dtype=torch.long)
    shown.scatter_(1, batch.colors, SIDE * SIDE)
    assert torch.equal(inked, shown)


@pytest.mark.parametrize("scene", SCENES, ids=str)
class TestEveryScene:
    @pytest.fixture
    def batch(self, drawings, scene):
        return Stream(drawings, scene, N, seed=3).batch(0)

    def test_has_distinct_classes_and_colors(self, batch, scene):
        for kind, most in (batch.classes, 9), (batch.colors, 2):
            assert kind.min() == 0 and kind.max() == most
            for a, b in combinations(range(scene.num_symbols), 2):
                assert (kind[:, a] != kind[:, b]).all()

    def test_has_drawings_of_its_classes(self, batch, drawings, scene):
        classes = torch.arange(10).repeat_interleave(drawings.counts)
        assert torch.equal(classes[batch.drawing_ids], batch.classes)

    def test_asks_for_another_drawing_of_a_class_it_shows(
        self, batch, drawings, scene
    ):
        each = torch.arange(N)
        classes = torch.arange(10).repeat_interleave(drawings.counts)
        asked = batch.classes[each, batch.query_index]
        assert torch.equal(classes[batch.query_id], asked)
        shown = batch.drawing_ids[each, batch.query_index]
        assert (batch.query_id != shown).all()
        queries = drawings.images[batch.query_id]
        assert torch.equal(batch.query.squeeze(1), queries)

    def test_has_the_queried_color_as_its_target(self, batch, scene):
        each = torch.arange(N)
        assert torch.equal(batch.target, batch.colors[each, batch.query_index])

    def test_keeps_symbols_on_the_canvas_and_apart(self, batch, scene):
        room = scene.canvas - SIDE
        assert batch.positions.min() == 0 and batch.positions.max() == room
        for a, b in combinations(range(scene.num_symbols), 2):
            apart = batch.positions[:, a] - batch.positions[:, b]
            assert (apart.abs().amax(dim=1) >= scene.spacing).all()


# Chance: seeds are fixed, so these pass always or never.


@pytest.mark.parametrize("count", [2, 3])
def test_targets_classes_and_queries_are_uniform(drawings, count):
    batch = fixed_scenes(drawings, Scene(32, count, 0), 9973, seed=1)
    assert_uniform(batch.target.tolist(), list(range(3)))
    assert_uniform(batch.query_index.tolist(), list(range(count)))
    assert_uniform(batch.classes[:, 0].tolist(), list(range(10)))
    first_two = torch.stack([batch.classes, batch.colors], dim=2)[:, :2]
    found = [tuple(map(tuple, sorted(two))) for two in first_two.tolist()]
    values = [
        ((a, color_of_a), (b, color_of_b))
        for a, b in combinations(range(10), 2)
        for color_of_a, color_of_b in permutations(range(3), 2)
    ]
    assert_uniform(found, values)


def test_drawings_and_queries_are_uniform_within_their_class(drawings):
    batch = fixed_scenes(drawings, Scene(32, 2, 0), 39_979, seed=1)
    each = torch.arange(len(batch))
    shown = batch.drawing_ids[each, batch.query_index]
    for k in (2, 3):  # classes of 5 and of 7 drawings
        mine = batch.classes[each, batch.query_index] == k
        first, n = int(drawings.first[k]), int(drawings.counts[k])
        pairs = torch.stack([shown, batch.query_id], dim=1)[mine] - first
        others = [(a, b) for a, b in product(range(n), repeat=2) if a != b]
        assert_uniform([tuple(p) for p in pairs.tolist()], others)


@pytest.mark.parametrize("scene", [Scene(32, 2, 3), Scene(32, 3, 4)], ids=str)
def test_positions_are_uniform_among_the_valid_layouts(scene):
    places = list(product(range(scene.canvas - SIDE + 1), repeat=2))
    valid = [
        layout
        for layout in product(places, repeat=scene.num_symbols)
        if all(
            max(abs(a[0] - b[0]), abs(a[1] - b[1])) >= scene.spacing
            for a, b in combinations(layout, 2)
        )
    ]
    positions = sample_positions(scene, 29 * len(valid), generator(7))
    found = [tuple(map(tuple, layout)) for layout in positions.tolist()]
    assert_uniform(found, valid)


def test_batch_n_depends_on_seed_and_n_alone(drawings):
    stream = Stream(drawings, Scene(), 7, seed=11)
    expected = stream.batch(5)
    for _ in islice(stream, 3):
        torch.rand(3)
    torch.manual_seed(99)
    assert same(stream.batch(5), expected)
    assert same(Stream(drawings, Scene(), 7, seed=11).batch(5), expected)
    assert same(next(islice(stream, 5, None)), expected)


def test_the_global_generators_are_left_alone(drawings):
    before = torch.get_rng_state()
    Stream(drawings, Scene(), 7).batch(0)
    fixed_scenes(drawings, Scene(), 7, seed=0)
    assert torch.equal(torch.get_rng_state(), before)


def test_other_seeds_and_other_numbers_give_other_batches(drawings):
    seeds = [0, 1, 2, 2**32, 2**32 + 1, 2**40 + 1, 2**64 + 1]
    found = [
        Stream(drawings, Scene(), 7, seed=seed).batch(n)
        for seed in seeds
        for n in (0, 1, 2, 2**32)
    ]
    for a, b in combinations(found, 2):
        assert not torch.equal(a.image, b.image)


def test_child_seeds_differ_in_the_bits_that_generators_keep():
    keys = [
        (seed, *k) for seed in (0, 1, 2**32) for k in ((), (0,), (1,), (1, 2))
    ]
    low = {child_seed(*key) % 2**32 for key in keys}
    assert len(low) == len(keys)
    first = [torch.rand(3, generator=generator(*key)).tolist() for key in keys]
    assert len({tuple(numbers) for numbers in first}) == len(keys)


def test_no_two_uses_of_a_seed_share_a_generator():
    assert len(set(map(int, Use))) == len(Use.__members__)
    assert max(Use) < ord("A")  # layers' names are keys too, byte by byte


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_keys_of_generators_are_called_by_name(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in filter(lambda n: isinstance(n, ast.Call), ast.walk(tree)):
        if getattr(call.func, "id", "") in ("generator", "child_seed"):
            key = call.args[1:2]
            assert not any(isinstance(k, ast.Constant) for k in key), (
                f"line {call.lineno}: name the use of the seed, as in "
                "generator(seed, Use.STREAM)"
            )


def test_a_stream_continues_where_it_is_told_to(drawings):
    whole = list(islice(Stream(drawings, Scene(), 3, seed=4), 7))
    rest = islice(Stream(drawings, Scene(), 3, seed=4, start=3), 4)
    assert all(map(same, whole[3:], rest))
    assert not any(same(a, b) for a, b in pairwise(whole))


def test_a_stream_without_a_seed_records_one_that_replays_it(drawings):
    one, other = (Stream(drawings, Scene(), 7) for _ in range(2))
    assert one.seed != other.seed
    replayed = Stream(drawings, Scene(), 7, seed=one.seed)
    assert same(one.batch(2), replayed.batch(2))
    assert same(one.batch(2), one.batch(2))
    assert len({fresh_seed() for _ in range(101)}) == 101


def test_scene_sets_are_the_same_each_time_and_not_the_streams(drawings):
    first, again = (fixed_scenes(drawings, Scene(), 7, 5) for _ in range(2))
    assert same(first, again)
    others = [fixed_scenes(drawings, Scene(), 7, seed) for seed in (4, 6)]
    stream = Stream(drawings, Scene(), 7, seed=5)
    others += [stream.batch(n) for n in range(11)]
    assert not any(torch.equal(first.image, o.image) for o in others)


# Scenes that repeat: what the course warns of.


def scenes(drawings, n):
    """Return scenes that are to be repeated."""
    return fixed_scenes(drawings, Scene(), n, seed=3)


def test_repeated_batch_n_depends_on_seed_and_n_alone(drawings):
    again = scenes(drawings, 7)
    repeated = Repeated(again, batch_size=5, seed=3, start=4)
    expected = Repeated(again, batch_size=5, seed=3).batch(4)
    assert torch.equal(next(iter(repeated)).image, expected.image)
    other = Repeated(again, batch_size=5, seed=4).batch(4)
    assert not torch.equal(other.image, expected.image)


@pytest.mark.filterwarnings(
    "ignore:This DataLoader will create:UserWarning",  # on few cores
    "ignore:.*multi-threaded.*fork:DeprecationWarning",  # Python 3.12
)
@pytest.mark.parametrize("workers", [0, 2, 3])
def test_a_loader_gives_each_batch_once_and_in_order(drawings, workers):
    stream = Stream(drawings, Scene(), 3, seed=4, start=5)
    loader = DataLoader(stream, batch_size=None, num_workers=workers)
    found = list(islice(loader, 11))
    for n, batch in enumerate(found, start=5):
        assert same(batch, stream.batch(n))


def test_a_stream_can_be_sent_to_another_process(drawings):
    stream = Stream(drawings, Scene(), 3, start=2)
    copy = pickle.loads(pickle.dumps(stream))
    assert same(next(iter(copy)), next(iter(stream)))


@pytest.mark.parametrize("split", symbols.SPLITS)
def test_a_split_paints_its_own_drawings_and_no_others(world, split):
    """Invented drawings all differ, so that a painted one tells its split."""
    world.fill_cache()
    known = {
        image.numpy().tobytes(): name
        for name in symbols.SPLITS
        for image in symbols.load("mnist", name).images
    }
    assert len(known) == 169
    stream = Stream(symbols.load("mnist", split), Scene(), 211, seed=0)
    seen = Counter()
    for batch in islice(stream, 3):
        for n in range(len(batch)):
            boxes = zip(batch.colors[n], batch.positions[n], strict=True)
            for color, (row, column) in boxes:
                place = slice(row, row + SIDE), slice(column, column + SIDE)
                seen[
                    known[batch.image[n, color][place].numpy().tobytes()]
                ] += 1
            seen[known[batch.query[n, 0].numpy().tobytes()]] += 1
    assert seen == {split: 3 * 211 * 4}


@pytest.mark.cuda
def test_another_device_draws_scenes_too(drawings):
    stream = Stream(drawings.to("cuda"), Scene(), 7, seed=4)
    batch = stream.batch(3)
    assert batch.image.device.type == "cuda"
    assert same(batch, stream.batch(3))
    here = batch.to("cpu")
    expected = paint_one_by_one(drawings.images, here, 64)
    assert torch.equal(here.image, expected)


def test_colors_are_the_channels_of_an_image():
    assert COLORS == ("red", "green", "blue")


ON_CPU = torch.device("cpu")


def test_scenes_are_drawn_on_the_device_of_their_drawings(drawings):
    with torch.device("meta"):  # a default that nothing may fall back to
        batches = [
            Stream(drawings, batch_size=6, seed=3, queries_per_scene=2).batch(
                1
            ),
            fixed_scenes(drawings, Scene(), 5, seed=0),
            draw(drawings, Scene(), 5, generator(0)),
        ]
        for batch in batches:
            devices = {getattr(batch, f.name).device for f in fields(batch)}
            assert devices == {ON_CPU}
            assert batch.query_corner.device == ON_CPU


def test_a_stream_and_a_scene_set_draw_by_their_own_use_of_the_seed(drawings):
    stream = Stream(drawings, batch_size=6, seed=3).batch(4)
    expected = draw(drawings, Scene(), 6, generator(3, Use.STREAM, 4))
    assert stream.image.equal(expected.image)
    scenes = fixed_scenes(drawings, Scene(), 6, seed=3)
    expected = draw(drawings, Scene(), 6, generator(3, Use.SCENE_SET))
    assert scenes.image.equal(expected.image)


def test_each_pass_over_repeated_scenes_has_a_shuffle_of_its_own(drawings):
    repeated = Repeated(scenes(drawings, 7), batch_size=7, seed=3)
    for n in range(3):
        order = torch.randperm(7, generator=generator(3, Use.ORDER, n))
        expected = repeated.scenes.query_id[order]
        assert repeated.batch(n).query_id.equal(expected)
    assert repeated.start == 0


class Asked(Exception):
    """The device that a generator was asked for."""


@pytest.mark.parametrize(
    "drawn",
    [
        lambda symbols: Stream(symbols, seed=0).batch(0),
        lambda symbols: fixed_scenes(symbols, Scene(), 5, seed=0),
    ],
)
def test_generators_are_on_the_device_of_the_drawings(
    drawings, monkeypatch, drawn
):
    def ask(*key, device="cpu"):
        raise Asked(device)

    monkeypatch.setattr(stream, "generator", ask)
    elsewhere = replace(drawings, images=drawings.images.to("meta"))
    with pytest.raises(Asked, match="meta"):
        drawn(elsewhere)
