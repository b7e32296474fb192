"""Computes Figure 2 as a careful researcher would: without autograd, and all depths in one pass.

Beside the hidden states, the script carries their derivative with respect to the input, which is one number for each unit.
Both pass through a layer in one matrix product. Networks of all depths share their first layers. Usage, input and output
are those of `figure2.py`.

With the argument `check` the script instead computes each gradient twice with the same weights: with `figure2.py` and by
itself. It prints the statistics of both. The check uses float64, because a rounding in float32 can flip a rectifier.
"""

import json
import sys

import torch
from torch.nn.functional import linear

import figure2


def sweep(network, depths, grid, first, bias, weight, readout):
    """Yields each depth with the gradient at the points of the grid.

    The arguments `first` and `bias` are the first layer. `weight(layer)` and `readout(depth)` return the other weights.
    """
    points = len(grid)
    residual = network["family"] == "resnet"
    skip = network["alpha"] if residual else 0.0
    branch = network["alpha"] * network["beta"] if residual else 1.0
    h = linear(grid, first, bias)
    t = first.T.expand(points, -1)
    for layer in range(max(depths)):
        n, slope = h, 1.0
        if layer > 0 and network["normalization"] != "none":
            n = n - h.mean(0)
        if layer > 0 and network["normalization"] == "batch-norm":
            deviation = (h.var(0, unbiased=False) + 1e-5).sqrt()
            n = n / deviation
            slope = 1 / deviation
        out = linear(torch.cat([torch.relu(n), (n > 0) * slope * t]), weight(layer))
        if branch != 1:
            out *= branch
        if skip != 0:
            out[:points] += h if skip == 1 else skip * h
            out[points:] += t if skip == 1 else skip * t
        h, t = out[:points], out[points:]
        if layer + 1 in depths:
            yield layer + 1, (t @ readout(layer + 1)[0]).double()


def gradients(network, depths, grid, runs):
    """Yields each depth with the gradients of all runs, in the shape (runs, points)."""
    width = network["width"]
    of_depths = {depth: [] for depth in depths}
    for _ in range(runs):
        for depth, g in sweep(
            network,
            depths,
            grid,
            torch.randn(width, 1),
            torch.randn(width) * network["firstBiasStd"],
            lambda _: torch.randn(width, width) * (2 / width) ** 0.5,
            lambda _: torch.randn(1, width) / width**0.5,
        ):
            of_depths[depth].append(g)
    for depth, of_runs in of_depths.items():
        yield depth, torch.stack(of_runs)


def check():
    """Prints the statistics of both scripts, which share their weights."""
    torch.set_default_dtype(torch.float64)
    experiment, grid = figure2.read()
    both = {"autograd": [], "tangents": []}
    for network in experiment["networks"]:
        if network["family"].endswith("noise"):
            continue
        for depth in experiment["depths"]:
            autograd, tangents = [], []
            for _ in range(experiment["runs"]):
                twin = figure2.Network(network, depth)
                x = grid.clone().requires_grad_()
                twin(x).sum().backward()
                autograd.append(x.grad[:, 0].double())
                with torch.no_grad():
                    ((_, g),) = sweep(
                        network,
                        [depth],
                        grid,
                        twin.first,
                        twin.bias,
                        lambda layer: twin.layers[layer].weight,
                        lambda _: twin.readout,
                    )
                tangents.append(g)
            both["autograd"] += figure2.rows(experiment, network, depth, torch.stack(autograd))
            both["tangents"] += figure2.rows(experiment, network, depth, torch.stack(tangents))
    json.dump(both, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "check":
        check()
    else:
        with torch.no_grad():
            figure2.main(gradients)
