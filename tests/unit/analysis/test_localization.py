"""Where weights lie is measured as defined, on grids of any coarseness."""

from dataclasses import replace

import pytest
import torch

from colorattn.analysis.localization import box_masks, localize, upsample
from colorattn.data.scene import SIDE, Scene
from colorattn.data.stream import Batch, fixed_scenes


def scene(positions, inks=(), query_index=0, canvas=64) -> Batch:
    """Make a scene of even squares: symbol s has color s and ink `inks[s]`."""
    count = len(positions)
    image = torch.zeros(1, 3, canvas, canvas, dtype=torch.uint8)
    for s, (row, column) in enumerate(positions):
        ink = inks[s] if inks else 100
        image[0, s, row : row + SIDE, column : column + SIDE] = ink
    order = torch.arange(count)[None]
    return Batch(
        image=image,
        query=torch.zeros(1, 1, SIDE, SIDE, dtype=torch.uint8),
        target=torch.tensor([query_index]),
        query_index=torch.tensor([query_index]),
        classes=order,
        colors=order,
        positions=torch.tensor([positions]),
        drawing_ids=order,
        query_id=torch.tensor([0]),
    )


def peak(row: int, column: int, grid: tuple[int, int] = (8, 8)):
    """Make weights that are all in one cell."""
    weights = torch.zeros(1, *grid)
    weights[0, row, column] = 1
    return weights


def even(*shape: int) -> torch.Tensor:
    """Make uniform weights."""
    return torch.ones(1, *shape) / torch.tensor(shape).prod()


# Worked by hand: cells of 8 px, cell (i, j) centered on (8i + 4, 8j + 4).


@pytest.mark.parametrize(
    ("corner", "cell", "expected"),
    [
        ((10, 16), (1, 2), True),  # (12, 20), inside rows 10–38, columns 16–44
        ((10, 16), (4, 4), True),  # (36, 36)
        ((10, 16), (0, 2), False),  # (4, 20): above
        ((10, 16), (5, 2), False),  # (44, 20): below
        ((10, 16), (2, 1), False),  # (20, 12): left
        ((10, 16), (2, 5), True),  # (20, 44): on the very edge
        ((10, 16), (2, 6), False),  # (20, 52): right
        ((36, 0), (7, 3), True),  # (60, 28): on an edge again
        ((36, 0), (3, 7), False),  # rows and columns swapped
    ],
)
def test_a_peak_hits_inside_the_queried_box(corner, cell, expected):
    assert localize(peak(*cell), scene([corner])).hit.item() == expected


@pytest.mark.parametrize(
    ("corner", "weights", "symbol"),
    [
        ((36, 36), peak(1, 1), 0),
        ((36, 36), peak(6, 6), 1),
        # Only the peak matters.
        ((36, 36), 0.4 * peak(1, 1) + 0.35 * peak(6, 6) + peak(6, 5) / 4, 0),
        # Centers (14, 14) and (14, 34); columns 20 to 28 are in both boxes.
        ((0, 20), peak(3, 5, (16, 16)), 0),  # (14, 22): 8 px and 12 px
        ((0, 20), peak(3, 6, (16, 16)), 1),  # (14, 26): 12 px and 8 px
    ],
)
def test_a_peak_hits_the_symbol_with_the_nearer_center(
    corner, weights, symbol
):
    for queried in (0, 1):
        two = scene([(0, 0), corner], query_index=queried)
        assert localize(weights, two).hit.item() == (queried == symbol)


@pytest.mark.parametrize("query_index", [0, 1, 2])
def test_uniform_weights_have_the_purity_of_the_ink(query_index):
    inks = 10, 30, 160
    three = scene([(0, 0), (0, 36), (36, 0)], inks, query_index)
    found = localize(even(8, 8), three).purity.item()
    assert found == pytest.approx(inks[query_index] / 200)


def test_purity_weighs_the_ink_that_is_under_the_weights():
    # Columns 0–27 and 20–47, so that cell (1, 2), columns 16–23, holds eight
    # columns of the first symbol and four of the second.
    two = [(0, 0), (0, 20)]
    found = localize(peak(1, 2), scene(two, (30, 60))).purity.item()
    assert found == pytest.approx(8 * 30 / (8 * 30 + 4 * 60))
    mixed = 0.25 * peak(1, 0) + 0.75 * peak(1, 4)
    found = localize(mixed, scene(two, (30, 60))).purity.item()
    assert found == pytest.approx(0.25 * 30 / (0.25 * 30 + 0.75 * 60))


def test_weights_without_any_ink_have_no_purity():
    assert localize(peak(7, 7), scene([(0, 0)])).purity.item() == 0


def test_mass_is_the_share_of_the_weights_in_the_box():
    one = scene([(4, 0)])  # rows 4–31: half of cell (0, 0), all of (1, 0)
    assert localize(peak(0, 0), one).mass.item() == pytest.approx(0.5)
    assert localize(peak(1, 0), one).mass.item() == pytest.approx(1)
    assert localize(peak(0, 4), one).mass.item() == 0
    mixed = 0.25 * peak(0, 0) + 0.75 * peak(7, 7)
    assert localize(mixed, one).mass.item() == pytest.approx(0.125)


@pytest.mark.parametrize("grid", [(1, 1), (2, 4), (8, 8), (16, 16), (64, 64)])
@pytest.mark.parametrize("canvas", [64, 128])
def test_the_mass_of_uniform_weights_is_the_area_of_the_box(grid, canvas):
    found = localize(even(*grid), scene([(5, 11)], canvas=canvas)).mass.item()
    assert found == pytest.approx(SIDE**2 / canvas**2)
    if canvas == 64:
        assert round(found, 2) == 0.19


def test_all_measures_agree_with_sums_over_pixels(drawings):
    scenes = fixed_scenes(drawings, Scene(), 11, seed=0)
    weights = torch.rand(11, 8, 8, generator=torch.Generator().manual_seed(1))
    weights = weights / weights.sum(dim=(1, 2), keepdim=True)
    found = localize(weights, scenes)
    for n in range(11):
        row, column = scenes.positions[n, scenes.query_index[n]].tolist()
        mass, ink = 0.0, torch.zeros(3)
        for y in range(64):
            for x in range(64):
                share = weights[n, y // 8, x // 8] / 64
                ink += share * scenes.image[n, :, y, x]
                if 0 <= y - row < SIDE and 0 <= x - column < SIDE:
                    mass += share.item()
        purity = ink[scenes.target[n]] / ink.sum()
        assert found.mass[n].item() == pytest.approx(mass, rel=1e-4)
        assert found.purity[n].item() == pytest.approx(purity.item(), rel=1e-4)


@pytest.mark.parametrize("grid", [(8, 8), (16, 16), (4, 8)])
def test_a_finer_grid_of_the_same_weights_measures_the_same(drawings, grid):
    scenes = fixed_scenes(drawings, Scene(), 101, seed=0)
    random = torch.Generator().manual_seed(1)
    weights = torch.rand(101, *grid, generator=random).softmax(dim=2)
    finer = weights.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2) / 4
    coarse, fine = localize(weights, scenes), localize(finer, scenes)
    torch.testing.assert_close(fine.purity, coarse.purity)
    torch.testing.assert_close(fine.mass, coarse.mass)


@pytest.mark.parametrize("query_index", [0, 1])
def test_a_finer_grid_with_a_clear_peak_hits_the_same(query_index):
    two = scene([(0, 0), (36, 36)], query_index=query_index)
    for cell in (1, 1), (6, 6), (1, 6):
        weights = peak(*cell)
        finer = weights.repeat_interleave(2, 1).repeat_interleave(2, 2) / 4
        assert localize(finer, two).hit.equal(localize(weights, two).hit)


def test_mirroring_scenes_and_weights_changes_nothing(drawings):
    scenes = fixed_scenes(drawings, Scene(), 101, seed=0)
    random = torch.Generator().manual_seed(1)
    weights = torch.rand(101, 8, 8, generator=random)
    mirrored = replace(
        scenes,
        image=scenes.image.transpose(2, 3),
        positions=scenes.positions.flip(2),
    )
    here, there = localize(weights, scenes), localize(weights.mT, mirrored)
    assert torch.equal(here.hit, there.hit)
    torch.testing.assert_close(here.purity, there.purity)
    torch.testing.assert_close(here.mass, there.mass)


def test_spread_weights_sum_to_one_and_boxes_have_their_area(drawings):
    scenes = fixed_scenes(drawings, Scene(), 7, seed=0)
    random = torch.Generator().manual_seed(1)
    mask = upsample(torch.rand(7, 5, 3, generator=random), 64)
    torch.testing.assert_close(mask.sum(dim=(1, 2)), torch.ones(7))
    assert (box_masks(scenes).sum(dim=(1, 2)) == SIDE**2).all()
