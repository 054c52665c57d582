"""What is measured of a suspect is what its name says."""

from dataclasses import replace

import pytest
import torch
from tiny import NET, SHARED
from torch.testing import assert_close

from colorattn.analysis import alignment
from colorattn.analysis.intervention import predict
from colorattn.data.scene import Scene
from colorattn.data.stream import fixed_scenes
from colorattn.model.colornet import ColorNetImage


@pytest.fixture
def scenes(drawings):
    found = fixed_scenes(drawings, Scene(), n=41, seed=0)
    return found[alignment.shiftable(found)]


@pytest.fixture
def net():
    return ColorNetImage(NET, seed=0).eval()


def test_scenes_that_span_more_than_29_px_cannot_be_moved(scenes):
    corners = torch.tensor([[3, 0], [32, 36], [9, 20]])  # 29 down, 36 across
    assert len(scenes) > 5
    few = replace(scenes[:1], positions=corners[None])
    assert not alignment.shiftable(few).any()
    few.positions[0, 1, 1] = 29
    assert alignment.shiftable(few).all()


@pytest.mark.parametrize("place", [(0, 0), (3, 7), (7, 5)])
def test_a_scene_is_moved_as_a_whole_to_the_place_asked_for(
    scenes, drawings, place
):
    there = alignment.shift_to(scenes, drawings, torch.tensor(place))
    each = torch.arange(len(scenes))
    corner = there.positions[each, scenes.query_index]
    assert (corner % 8 == torch.tensor(place)).all()
    moved = there.positions - scenes.positions
    assert (moved == moved[:, :1]).all()
    assert there.positions.min() >= 0 and there.positions.max() <= 36
    again = alignment.shift_to(there, drawings, torch.tensor(place))
    assert (again.positions - there.positions).abs().max() <= 8
    for n, (down, right) in enumerate(moved[:, 0].tolist()):
        rolled = scenes.image[n].roll((down, right), dims=(1, 2))
        assert torch.equal(there.image[n], rolled)


def test_no_two_places_are_more_than_seven_pixels_apart(scenes, drawings):
    places = torch.tensor([(0, 0), (0, 7), (4, 4), (7, 0), (7, 7)])
    corners = torch.stack(
        [alignment.shift_to(scenes, drawings, p).positions for p in places]
    )
    assert (corners.amax(dim=0) - corners.amin(dim=0)).max() <= 7


def test_a_scene_is_moved_into_the_middle_of_its_room(scenes, drawings):
    """Half a cell off, 4 px, is as near as some offsets can be."""
    for place in (0, 0), (3, 7), (7, 5):
        there = alignment.shift_to(scenes, drawings, torch.tensor(place))
        before = there.positions.amin(dim=1)
        after = 36 - there.positions.amax(dim=1)
        roomy = before + after >= 16
        assert roomy.any()
        assert ((before - after).abs()[roomy] <= 8).all()


def test_a_scene_without_room_is_refused(drawings):
    wide = fixed_scenes(drawings, Scene(), n=41, seed=0)
    with pytest.raises(ValueError, match="cannot be shifted"):
        alignment.shift_to(wide, drawings, torch.tensor([0, 0]))


def test_everywhere_asks_at_each_place(net, scenes, drawings):
    found = alignment.logits_at_all_offsets(net, scenes, drawings)
    there = alignment.shift_to(scenes, drawings, torch.tensor([2, 5]))
    assert_close(found[2, 5], predict(net, there).logits)
    assert not torch.allclose(found[2, 5], found[5, 2])


@pytest.mark.parametrize("config", [NET, SHARED], ids=["mean", "sum"])
def test_cells_that_are_not_moved_read_what_the_net_reads(config, scenes):
    net = ColorNetImage(config, seed=0).eval()
    asked = predict(net, scenes)
    found = alignment.shift_values(net, scenes, asked.weights, 0)
    assert_close(found, asked.logits)


@pytest.mark.parametrize("by", [8, -8])
def test_cells_moved_by_a_whole_cell_read_the_next_one(net, scenes, by):
    here, there = torch.zeros(2, len(scenes), 8, 8)
    here[:, 3, 4] = 1
    there[:, 3 + by // 8, 4 + by // 8] = 1
    beside = alignment.shift_values(net, scenes, here, by)
    assert_close(beside, alignment.shift_values(net, scenes, there, 0))


def test_the_ink_seen_is_that_of_the_best_of_all_keys(scenes):
    found = alignment.visible_ink(scenes, field=5)
    for n, scene in enumerate(found[:7]):
        own = scenes.image[n, scenes.target[n]].float()
        wide = torch.nn.functional.pad(own, [2] * 4)
        fields = [
            wide[i : i + 5, j : j + 5].sum()
            for i in range(0, 64, 8)
            for j in range(0, 64, 8)
        ]
        assert_close(scene, max(fields) / own.sum())
    assert alignment.visible_ink(scenes, field=57).gt(0.9).all()


def test_the_gap_is_to_the_nearest_other_corner(scenes):
    corners = torch.tensor([[0, 0], [3, 24], [30, 20]])
    one = replace(scenes[:1], positions=corners[None])
    for k, gap in enumerate([24, 24, 27]):
        asked = replace(one, query_index=torch.tensor([k]))
        assert alignment.nearest_distance(asked).item() == gap
