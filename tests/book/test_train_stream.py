"""The training page draws scenes as the course does."""

import json

import numpy as np
import pytest
import torch
import train_drawings
from building import ROOT
from test_train_engine import node

from colorattn.data import symbols
from colorattn.data.augmentation import TRANSLATION, augment
from colorattn.data.scene import SIDE, Scene, sample_positions

SEED, SCENES, STEPS = 5, 42, 20
PLAIN = {"augment": False, "shuffled": False, "queries": 3}
DRAW = """
import { readFileSync, writeFileSync } from "node:fs";
const [engine, folder] = process.argv.slice(2);
const { batch, change, unpack } = await import(`${engine}/stream.js`);
const given = JSON.parse(readFileSync(`${folder}/given.json`));
const drawings = await unpack(given.packed);
const lists = (found) => Object.fromEntries(
  Object.entries(found).map(([name, list]) => [name, [...list]]));
const batches = [];
for (let step = 0; step < given.steps; step++)
  batches.push(lists(batch(drawings, given.config, 5, step, given.part)));
const half = lists(batch(drawings, given.config, 5, 0, [21, 42]));
const changed = given.amounts.map((amounts, n) => {
  const to = new Uint8Array(784);
  const random = () => amounts.shift();
  change(Uint8Array.from(given.drawn[n]), random, given.shift, to, 0, 28);
  return [...to];
});
const shuffled = { ...given.config, shuffled: true };
const broken = [...batch(drawings, shuffled, 5, 0, given.part).targets];
writeFileSync(`${folder}/found.json`, JSON.stringify(
  { batches, half, changed, broken, first: [...drawings.slice(0, 7840)] }));
"""


@pytest.fixture(scope="module")
def drawn():
    """The drawings that the page has."""
    return train_drawings.extract()


@pytest.fixture(scope="module")
def amounts():
    return torch.rand(7, 6, generator=torch.Generator().manual_seed(SEED))


@pytest.fixture(scope="module")
def found(tmp_path_factory, drawn, amounts):
    """What the page's stream draws."""
    folder = tmp_path_factory.mktemp("stream")
    given = {
        "packed": train_drawings.pack(drawn),
        "config": PLAIN,
        "part": [0, SCENES],
        "steps": STEPS,
        "amounts": amounts.tolist(),
        "shift": TRANSLATION,
        "drawn": drawn[:7].flatten(1).tolist(),
    }
    (folder / "given.json").write_text(json.dumps(given))
    node(folder, DRAW)
    return json.loads((folder / "found.json").read_text())


def test_there_are_5000_drawings_and_they_travel_light(drawn):
    assert drawn.shape == (5000, SIDE, SIDE)
    assert len(train_drawings.pack(drawn)) < 800_000
    assert len(np.unique(drawn)) <= train_drawings.LEVELS
    assert set(np.unique(drawn)) <= set(range(0, 256, 17))
    original = symbols.load("mnist", "train").images
    assert (drawn[0].int() - original[0].int()).abs().max() <= 8


def test_the_page_unpacks_what_was_packed(drawn, found):
    assert found["first"] == drawn[:10].flatten().tolist()


def corners_of(batch):
    """List row and column of each scene's symbols, by color."""
    return [
        [(symbol["row"], symbol["column"]) for symbol in scene]
        for scene in batch["symbols"]
    ]


def test_each_scene_is_one_that_the_course_could_draw(drawn, found):
    """Three classes, far enough apart, and a different drawing as query."""
    known = {d.numpy().tobytes(): n for n, d in enumerate(drawn)}
    places = []
    for batch in found["batches"]:
        images = np.array(batch["images"], np.uint8).reshape(-1, 3, 64, 64)
        queries = np.array(batch["queries"], np.uint8).reshape(-1, 784)
        corners = np.array(corners_of(batch))
        assert corners.min() >= 0 and corners.max() <= 64 - SIDE
        for n, (image, spots) in enumerate(zip(images, corners, strict=True)):
            ids = []
            for channel, (row, column) in zip(image, spots, strict=True):
                box = channel[row : row + SIDE, column : column + SIDE]
                assert box.sum(dtype=int) == channel.sum(dtype=int)
                ids.append(known[box.tobytes()])
            kinds = [k // train_drawings.EACH for k in ids]
            assert len(set(kinds)) == 3
            for k in range(3):
                apart = np.abs(spots[k] - spots[k - 1]).max()
                assert apart >= Scene().spacing
            asked = batch["targets"][3 * n : 3 * n + 3]
            assert sorted(asked) == [0, 1, 2]
            for q, target in enumerate(asked):
                query = known[queries[3 * n + q].tobytes()]
                assert query // train_drawings.EACH == kinds[target]
                assert query != ids[target]
            places.append((kinds, asked[0], spots))
    kinds = np.array([its for its, _, _ in places])
    share = np.bincount(kinds.flatten(), minlength=10) / kinds.size
    assert share == pytest.approx(np.full(10, 0.1), abs=0.025)
    first = np.bincount([its for _, its, _ in places]) / len(places)
    assert first == pytest.approx(np.full(3, 1 / 3), abs=0.06)


def test_places_are_as_likely_as_in_the_course(found):
    """The mean distance of corners from the middle is that of the course."""
    random = torch.Generator().manual_seed(SEED)
    wanted = sample_positions(Scene(), 4000, random).double() - 18
    corners = [corners_of(batch) for batch in found["batches"]]
    seen = np.concatenate(corners).astype(float) - 18
    assert np.abs(seen).mean() == pytest.approx(
        wanted.abs().mean().item(), rel=0.04
    )


def test_a_scene_depends_on_seed_step_and_number_alone(found):
    """However a batch is shared out."""
    whole = found["batches"][0]
    assert found["half"]["targets"] == whole["targets"][63:]
    assert found["half"]["images"] == whole["images"][21 * 3 * 64 * 64 :]
    assert found["batches"][1]["targets"] != whole["targets"]


def test_drawings_are_augmented_as_in_the_course(found, drawn):
    random = torch.Generator().manual_seed(SEED)
    wanted = augment(drawn[:7].unsqueeze(1), random, TRANSLATION)
    off = np.abs(np.array(found["changed"]) - wanted.flatten(1).int().numpy())
    assert off.max() <= 1 and (off > 0).mean() < 0.01


def test_shuffled_colors_are_those_of_no_query(found):
    broken, right = found["broken"], found["batches"][0]["targets"]
    same = np.mean(np.array(broken) == np.array(right))
    assert same == pytest.approx(1 / 3, abs=0.15)


def test_the_built_page_has_these_drawings(drawn):
    path = ROOT / "book/vendor/models/train-mnist.js"
    packed = train_drawings.pack(drawn)
    assert packed in path.read_text(encoding="utf-8")
