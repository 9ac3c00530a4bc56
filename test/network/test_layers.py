# SPDX-License-Identifier: Apache-2.0
"""Which layers autocast leaves in float32."""

import pytest
import torch

from optidepthnet_ros.network.layers import DisparityHead, GroupedConv2d


@pytest.fixture
def depthwise():
    torch.manual_seed(0)
    return GroupedConv2d(8, 8, 3, padding=1, groups=8)


def test_a_depthwise_convolution_on_a_cpu_is_rounded_once_under_autocast(depthwise):
    x = torch.rand(1, 8, 5, 6)
    with torch.autocast('cpu', torch.bfloat16):
        rounded = depthwise(x.bfloat16())
    assert rounded.dtype == torch.bfloat16
    assert torch.equal(rounded, depthwise(x.bfloat16().float()).bfloat16())


def test_a_dense_convolution_is_left_to_autocast():
    dense = GroupedConv2d(8, 4, 3)
    with torch.autocast('cpu', torch.bfloat16):
        assert dense(torch.rand(1, 8, 5, 6)).dtype == torch.bfloat16


@pytest.mark.parametrize('separable', [True, False])
def test_a_head_computes_in_float32_under_autocast(separable):
    torch.manual_seed(0)
    head, x = DisparityHead(16, separable=separable), torch.rand(1, 16, 4, 5).bfloat16()
    with torch.autocast('cpu', torch.bfloat16):
        disparities = head(x)
    assert torch.equal(disparities, head(x.float()))


def test_without_autocast_a_trace_has_no_conversion(depthwise):
    traced = torch.jit.trace(depthwise, torch.rand(1, 8, 5, 6))
    assert not any(node.kind() == 'aten::to' for node in traced.inlined_graph.nodes())
