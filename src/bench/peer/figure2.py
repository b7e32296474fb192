"""Computes Figure 2 in the style of typical research code: one network per depth, trainable parameters, autograd.

The script reads an experiment from standard input, in the format of the API. It supports noise, and feedforward and
residual rectifier networks, on a grid. Its argument is the number of threads. It prints the results and the seconds that
they took. `tangents.py` is a faster script for the same experiment.
"""

import json
import sys
import time

import torch
from torch import nn

LAGS = 16


class Layer(nn.Module):
    """The layer a h + b W relu(n(h)). The gradient treats the batch statistics in n as constants."""

    def __init__(self, network, normalized):
        super().__init__()
        width = network["width"]
        residual = network["family"] == "resnet"
        self.skip = network["alpha"] if residual else 0.0
        self.branch = network["alpha"] * network["beta"] if residual else 1.0
        self.normalization = network["normalization"] if normalized else "none"
        self.weight = nn.Parameter(torch.randn(width, width) * (2 / width) ** 0.5)

    def forward(self, h):
        n = h
        if self.normalization != "none":
            n = n - h.detach().mean(0)
        if self.normalization == "batch-norm":
            n = n / (h.detach().var(0, unbiased=False) + 1e-5).sqrt()
        out = self.branch * nn.functional.linear(torch.relu(n), self.weight)
        return out if self.skip == 0 else self.skip * h + out


class Network(nn.Module):
    def __init__(self, network, depth):
        super().__init__()
        width = network["width"]
        self.first = nn.Parameter(torch.randn(width, 1))
        self.bias = nn.Parameter(torch.randn(width) * network["firstBiasStd"])
        self.layers = nn.Sequential(*(Layer(network, layer > 0) for layer in range(depth)))
        self.readout = nn.Parameter(torch.randn(1, width) / width**0.5)

    def forward(self, x):
        h = nn.functional.linear(x, self.first, self.bias)
        return nn.functional.linear(self.layers(h), self.readout)


def gradient(network, depth, grid):
    x = grid.clone().requires_grad_()
    Network(network, depth)(x).sum().backward()
    return x.grad[:, 0].double()


def noise(family, grid):
    z = torch.randn(len(grid), dtype=torch.float64)
    return z if family == "white-noise" else z.cumsum(0)


def mean(values):
    return values.mean().item(), (values.std() / len(values) ** 0.5).item()


def ratio(numerators, denominators):
    """Returns the ratio of means and its standard error by the delta method."""
    value = numerators.mean() / denominators.mean()
    return value.item(), ((numerators - value * denominators).std() / len(numerators) ** 0.5 / denominators.mean()).item()


def statistics(g):
    """Yields the statistics of the gradients of all runs. The shape of g is (runs, points)."""
    squares = g.square().sum(1)
    yield "gradient-variance", 0, mean(squares / g.shape[1])
    yield "gradient-correlation", 0, ratio((g.sum(1).square() - squares) / (g.shape[1] - 1), squares)
    z = g - g.mean(1, keepdim=True)
    for lag in range(1, LAGS):
        yield "autocorrelation", lag, mean((z[:, : -lag or None] * z[:, lag:]).sum(1) / z.square().sum(1))


def gradients(network, depths, grid, runs):
    """Yields each depth with the gradients of all runs, in the shape (runs, points)."""
    for depth in depths:
        yield depth, torch.stack([gradient(network, depth, grid) for _ in range(runs)])


def read():
    """Returns the experiment on standard input, with its grid of inputs."""
    experiment = json.load(sys.stdin)
    torch.manual_seed(experiment["seed"])
    inputs = experiment["inputs"]
    return experiment, torch.linspace(inputs["from"], inputs["to"], inputs["points"])[:, None]


def rows(experiment, network, depth, g):
    """Yields the results of the statistics that the experiment asks for. The shape of g is (runs, points)."""
    for statistic, index, (value, error) in statistics(g):
        if statistic in experiment["statistics"]:
            yield {
                "network": network["label"], "depth": depth, "statistic": statistic, "index": index,
                "value": value, "standardError": error,
            }


def main(gradients):
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    experiment, grid = read()
    start = time.perf_counter()
    results = []
    for network in experiment["networks"]:
        if network["family"].endswith("noise"):
            series = torch.stack([noise(network["family"], grid) for _ in range(experiment["runs"])])
            results += rows(experiment, network, 0, series)
        else:
            for depth, g in gradients(network, experiment["depths"], grid, experiment["runs"]):
                results += rows(experiment, network, depth, g)
    seconds = time.perf_counter() - start
    json.dump({"torch": torch.__version__, "threads": threads, "seconds": seconds, "rows": results}, sys.stdout)


if __name__ == "__main__":
    main(gradients)
