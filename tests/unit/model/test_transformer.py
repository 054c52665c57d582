"""Attention for all, places, blocks: against PyTorch's own, and by hand."""

from dataclasses import replace
from math import cos, log, pi, sin

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from tiny import noise
from torch import Tensor, nn
from torch.testing import assert_close

from colorattn.model.attention import attend
from colorattn.model.transformer import (
    PARTS,
    Block,
    SelfAttention,
    Transformer,
    TransformerConfig,
    attend_all,
    place_codes,
)

CONFIG = TransformerConfig(
    features=7, answers=5, dim=12, heads=3, expansion=4, matched_start=0.0
)
TOKENS = 11


def transformer(seed: int = 0, codes: Tensor | None = None, **changes):
    codes = noise(TOKENS, 12, seed=1) if codes is None else codes
    return Transformer(replace(CONFIG, **changes), codes, seed).eval()


def theirs(attention: SelfAttention) -> nn.MultiheadAttention:
    """PyTorch's attention with the same weights."""
    layers = attention.query, attention.key, attention.value
    other = nn.MultiheadAttention(12, attention.heads, batch_first=True)
    with torch.no_grad():
        weights = torch.cat([layer.weight for layer in layers])
        other.in_proj_weight.copy_(weights)
        other.in_proj_bias.copy_(torch.cat([layer.bias for layer in layers]))
    other.out_proj.load_state_dict(attention.output.state_dict())
    return other


def past(n: int) -> Tensor:
    return torch.ones(n, n, dtype=torch.bool).tril()


def test_each_query_has_a_softmax_of_its_own():
    queries = torch.tensor([[2.0, 0, 0, 0], [0, 0, 0, 0]])  # the root of 4: 2
    keys = torch.zeros(3, 4)
    keys[:, 0] = torch.tensor([1.0, 2, 3]).log()
    scores, weights = attend_all(queries, keys)
    assert_close(scores[0], torch.tensor([0, log(2), log(3)]))
    expected = [[1 / 6, 2 / 6, 3 / 6], [1 / 3, 1 / 3, 1 / 3]]
    assert_close(weights, torch.tensor(expected))


def test_what_is_invisible_has_no_weight_and_the_others_share_all():
    keys = torch.tensor([[log(1.0)], [log(2)], [log(5)]])
    _, weights = attend_all(torch.ones(3, 1), keys, past(3))
    expected = [[1, 0, 0], [1 / 3, 2 / 3, 0], [1 / 8, 2 / 8, 5 / 8]]
    assert_close(weights, torch.tensor(expected))


def test_attention_for_all_is_attend_once_for_each_query():
    queries, keys = noise(5, 7, 11), noise(5, 6, 11, seed=1)
    found = attend_all(queries, keys)
    as_map = keys.mT.unflatten(2, (2, 3))
    for m in range(7):
        for all_of, one in zip(
            found, attend(queries[:, m], as_map), strict=True
        ):
            assert_close(all_of[:, m], one.flatten(1))


@pytest.mark.parametrize("causal", [False, True])
def test_attention_for_all_agrees_with_pytorchs_own(causal):
    queries, keys = noise(2, 3, 7, 5), noise(2, 3, 7, 5, seed=1)
    values = noise(2, 3, 7, 11, seed=2)
    _, weights = attend_all(queries, keys, past(7) if causal else None)
    expected = F.scaled_dot_product_attention(
        queries, keys, values, is_causal=causal
    )
    assert_close(weights @ values, expected)


@given(st.integers(1, 5), st.integers(1, 7), st.integers(1, 5), st.data())
def test_weights_sum_to_1_and_see_only_what_is_visible(batch, n, dim, data):
    random = torch.Generator().manual_seed(data.draw(st.integers(0, 2**32)))
    size = data.draw(st.sampled_from([0.0, 1.0, 10.0]))
    queries, keys = size * torch.randn(2, batch, n, dim, generator=random)
    visible = torch.rand(n, n, generator=random) < 0.5
    visible |= torch.eye(n, dtype=torch.bool)  # each sees at least itself
    _, weights = attend_all(queries, keys, visible)
    assert_close(weights.sum(dim=2), torch.ones(batch, n))
    assert (weights[:, ~visible] == 0).all()
    assert (weights >= 0).all()


def test_places_on_a_ring_of_four_by_hand():
    expected = [[0.0, 0, 1, 1], [1, 0, 0, -1], [0, 0, -1, 1], [-1, 0, 0, -1]]
    found = place_codes(4, 4, ring=True)
    assert_close(found, torch.tensor(expected), atol=1e-6, rtol=0)


def test_places_on_a_line_have_the_speeds_of_vaswani():
    expected = [sin(3), sin(0.03), cos(3), cos(0.03)]
    assert_close(place_codes(5, 4)[3], torch.tensor(expected))
    slowest = place_codes(5, 20)[3, 9]
    expected = torch.tensor(sin(3 * 10_000**-0.9))
    assert_close(slowest, expected, atol=0, rtol=1e-5)


@given(st.integers(1, 24), st.integers(1, 8), st.integers(-30, 30))
def test_moving_along_a_ring_is_one_matrix_for_every_place(n, pairs, steps):
    codes = place_codes(n, 2 * pairs, ring=True)
    turns = 2 * pi / n * steps * torch.arange(1, pairs + 1)
    cosines, sines = turns.cos().diag(), turns.sin().diag()
    rows = torch.cat([cosines, sines], 1), torch.cat([-sines, cosines], 1)
    moved = codes @ torch.cat(rows).T
    assert_close(moved, codes.roll(-steps, 0), atol=1e-4, rtol=0)


def test_self_attention_is_pytorchs_multi_head_attention():
    ours, x = SelfAttention(CONFIG), noise(5, 7, 12)
    expected, weights = theirs(ours)(x, x, x, average_attn_weights=False)
    found = ours(x)
    assert_close(found[0], expected)
    assert_close(found[1], weights)


def test_causal_self_attention_is_pytorchs_too():
    ours, x = SelfAttention(CONFIG), noise(5, 7, 12)
    expected = theirs(ours)(x, x, x, attn_mask=~past(7))[0]
    assert_close(ours(x, visible=past(7))[0], expected)


def test_tokens_in_another_order_read_the_same_in_that_order():
    attention, x = SelfAttention(CONFIG), noise(5, 7, 12)
    order = torch.tensor([3, 0, 6, 1, 5, 2, 4])
    read, weights = attention(x)
    moved, its_weights = attention(x[:, order])
    assert_close(moved, read[:, order])
    assert_close(its_weights, weights[:, :, order][..., order])


def test_a_muted_head_adds_nothing_and_the_others_what_they_did():
    attention, x = SelfAttention(CONFIG), noise(5, 7, 12)
    silent = attention.output.bias.expand(5, 7, 12)
    alone = [attention(x, {0, 1, 2} - {head})[0] for head in range(3)]
    total = sum(each - silent for each in alone) + silent
    assert_close(total, attention(x)[0])
    assert_close(attention(x, [0, 1, 2])[0], silent)
    assert not torch.allclose(alone[0], alone[1])
    assert_close(attention(x, [1])[1], attention(x)[1])


def test_a_matched_start_makes_keys_equal_to_longer_queries():
    plain, matched = SelfAttention(CONFIG), SelfAttention(CONFIG)
    matched.load_state_dict(plain.state_dict())
    matched.match(1.5)
    x = noise(5, 7, 12)
    assert_close(matched.query.weight, 1.5 * plain.query.weight)
    assert torch.equal(matched.query(x), matched.key(x))
    assert_close(matched.value.weight, plain.value.weight)
    assert (matched.query.bias == 0).all()


def test_the_config_decides_whether_keys_start_equal_to_queries():
    for factor in 0.0, 1.7:
        for block in transformer(matched_start=factor).blocks:
            query, key = block.attention.query, block.attention.key
            assert torch.equal(query.weight, key.weight) == bool(factor)


def test_a_block_is_pytorchs_encoder_layer():
    block, x = Block(CONFIG), noise(5, 7, 12)
    layer = nn.TransformerEncoderLayer(
        12, 3, 48, 0.0, "gelu", batch_first=True, norm_first=True
    )
    with torch.no_grad():
        for n, norm in enumerate((block.norm1, block.norm2)):
            norm.weight.copy_(noise(12, seed=3 + n))
            norm.bias.copy_(noise(12, seed=5 + n))
    layer.self_attn = theirs(block.attention)
    layer.linear1, layer.linear2 = block.mlp[0], block.mlp[2]
    layer.norm1, layer.norm2 = block.norm1, block.norm2
    assert_close(block(x)[0], layer(x))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_left_out_is_not_computed(part):
    block = Block(replace(CONFIG, without=(part,)))
    x = noise(5, 7, 12)
    norm = (lambda z: z) if part == "norm" else nn.LayerNorm(12)
    keep = 0 if part == "residual" else 1
    expected = keep * x + block.attention(norm(x))[0]
    if part != "mlp":
        expected = keep * expected + block.mlp(norm(expected))
    assert_close(block(x)[0], expected)


def test_a_transformer_returns_logits_of_each_token_and_maps_of_each_block():
    logits, maps = transformer(blocks=4)(noise(2, 6, 7))
    assert logits.shape == (2, 6, 5)
    assert [m.shape for m in maps] == [(2, 3, 6, 6)] * 4


def test_codes_are_added_to_embedded_tokens():
    net, x = transformer(blocks=0, without=("norm",)), noise(2, 6, 7)
    expected = net.head(net.embed(x) + net.codes[:6])
    assert_close(net(x)[0], expected)


def test_without_norms_the_last_one_is_left_out_as_well():
    assert isinstance(transformer(without=("norm",)).norm, nn.Identity)
    assert isinstance(transformer().norm, nn.LayerNorm)


def test_only_places_tell_tokens_in_another_order_apart():
    x, order = noise(2, 6, 7), torch.tensor([3, 0, 5, 1, 4, 2])
    blind = transformer(codes=torch.zeros(TOKENS, 12))
    assert_close(blind(x[:, order])[0], blind(x)[0][:, order])
    sees = transformer()
    assert not torch.allclose(sees(x[:, order])[0], sees(x)[0][:, order])


@pytest.mark.parametrize("masked", [{0, 1}, {0}, {1}, set()])
def test_with_a_causal_mask_in_each_block_nothing_that_follows_is_seen(masked):
    net, x = transformer(), noise(2, 6, 7)
    changed = torch.cat([x[:, :4], noise(2, 2, 7, seed=9)], dim=1)
    visible = {n: past(6) for n in masked}
    before, after = (
        net(each, visible=visible)[0][:, :4] for each in (x, changed)
    )
    assert torch.allclose(before, after) == (masked == {0, 1})


def test_mute_silences_the_named_heads_of_the_named_block():
    net, x = transformer(), noise(2, 6, 7)
    its = net.blocks[1].attention
    whole, muted = net(x)[0], net(x, mute={1: [0]})[0]
    assert not torch.allclose(whole, muted)
    with torch.no_grad():
        its.output.weight[:, :4] = 0  # what head 0 reads has no effect
    assert_close(net(x)[0], muted)


def test_a_seed_gives_the_same_transformer_and_leaves_torchs_own_alone():
    before = torch.random.get_rng_state()
    a, b, c = (transformer(seed, matched_start=1.7) for seed in (3, 3, 4))
    assert torch.equal(torch.random.get_rng_state(), before)
    for name, value in a.state_dict().items():
        assert torch.equal(value, b.state_dict()[name])
    assert not torch.equal(a.embed.weight, c.embed.weight)
    by_default = Transformer(CONFIG, noise(TOKENS, 12))
    assert torch.equal(by_default.embed.weight, transformer(0).embed.weight)
    assert not torch.equal(
        a.blocks[0].attention.query.weight, a.blocks[1].attention.query.weight
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"heads": 5}, "5 heads must"),
        ({"without": ("heads",)}, "^no part of a block 'heads'"),
    ],
)
def test_a_config_that_cannot_be_is_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        replace(CONFIG, **changes)
