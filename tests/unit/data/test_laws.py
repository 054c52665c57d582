"""Laws of the data: every layout keeps its rules, every stream its order."""

from itertools import chain, combinations, islice

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import get_worker_info

from colorattn.data import stream
from colorattn.data.scene import SIDE, Scene, sample_positions
from colorattn.data.seeds import child_seed, generator
from colorattn.data.stream import Batches, Repeated, Stream, fixed_scenes

SEEDS = st.integers(0, 2**64)
KEYS = st.lists(st.integers(0, 2**32 - 1), max_size=3)


@st.composite
def layouts(draw) -> Scene:
    """Scenes that can be drawn without much search."""
    canvas = 8 * draw(st.integers(4, 13))
    count = draw(st.sampled_from([2, 3]))
    most = (canvas - SIDE) * (4 - count) // 2  # three need more room
    return Scene(canvas, count, draw(st.integers(0, most)))


@given(layouts(), st.integers(1, 13), SEEDS)
def test_every_layout_is_inside_the_canvas_and_keeps_the_spacing(
    scene, n, seed
):
    corners = sample_positions(scene, n, generator(seed))
    assert corners.shape == (n, scene.num_symbols, 2)
    assert corners.min() >= 0
    assert corners.max() <= scene.canvas - SIDE
    for a, b in combinations(range(scene.num_symbols), 2):
        apart = (corners[:, a] - corners[:, b]).abs().amax(dim=1)
        assert (apart >= scene.spacing).all()
    assert corners.equal(sample_positions(scene, n, generator(seed)))


@given(SEEDS, KEYS)
def test_a_child_seed_is_numpys_64_bit_hash_of_seed_and_key(seed, key):
    hashed = np.random.SeedSequence(seed, spawn_key=key)
    assert child_seed(seed, *key) == hashed.generate_state(1, np.uint64)[0]


@given(SEEDS, SEEDS, KEYS, KEYS)
def test_different_seeds_or_keys_have_different_children(a, b, key, other):
    same = (a, key) == (b, other)
    assert (child_seed(a, *key) == child_seed(b, *other)) == same


class Numbers(Batches):
    """Batches that are their own numbers."""

    def __init__(self, start: int):
        self.start = start

    def batch(self, n):
        return n


@given(st.integers(0, 2**40), st.integers(1, 7), st.integers(1, 5))
def test_workers_share_out_the_batches_and_give_none_twice(
    start, workers, rounds
):
    class Info:
        num_workers = workers

    def of_worker(w):
        Info.id = w
        stream.get_worker_info = lambda: Info
        try:
            return list(islice(Numbers(start), rounds))
        finally:
            stream.get_worker_info = get_worker_info

    shares = [of_worker(w) for w in range(workers)]
    together = list(range(start, start + workers * rounds))
    assert list(chain(*zip(*shares, strict=True))) == together
    assert list(islice(Numbers(start), len(together))) == together


@given(SEEDS, st.integers(0, 2**40), st.integers(1, 3))
def test_batch_n_is_a_function_of_seed_and_number(drawings, seed, n, queries):
    streams = [
        Stream(drawings, Scene(40, 3, 0), 6, seed, start, queries)
        for start in (0, n)
    ]
    for _ in range(2):  # whatever was drawn before
        first, second = (each.batch(n) for each in streams)
        assert first.image.equal(second.image)
        assert first.query.equal(second.query)
        assert first.target.equal(second.target)
    following = next(iter(streams[1]))
    assert following.image.equal(first.image)


@given(SEEDS, st.integers(1, 11), st.integers(1, 7), st.integers(0, 30))
def test_repeated_scenes_are_passes_laid_end_to_end(
    drawings, seed, size, batch_size, n
):
    scenes = fixed_scenes(drawings, Scene(40, 2, 0), size, seed=0)
    repeated = Repeated(scenes, batch_size, seed)
    passes = (n + 1) * batch_size // size + 1
    whole = Repeated(scenes, size, seed)
    ids = torch.cat([whole.batch(k).drawing_ids for k in range(passes)])
    for each in ids.view(passes, size, 2):  # a pass meets each scene once
        assert sorted(each.tolist()) == sorted(scenes.drawing_ids.tolist())
    expected = ids[n * batch_size : (n + 1) * batch_size]
    assert repeated.batch(n).drawing_ids.equal(expected)
