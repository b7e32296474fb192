"""Measures the rate of the matrix product of `figure2.py`, 256 x 200 by 200 x 200 in float32.

The argument is the number of threads. The script prints the best rate of several repetitions, in GFLOP/s.
"""

import sys
import time

import torch

ROWS, WIDTH = 256, 200
REPETITIONS = 20
SECONDS = 0.1

torch.set_num_threads(int(sys.argv[1]))
a = torch.randn(ROWS, WIDTH)
b = torch.randn(WIDTH, WIDTH)
best = 0.0
for _ in range(REPETITIONS):
    products = 0
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(10):
            torch.mm(a, b)
        products += 10
    best = max(best, products * 2 * ROWS * WIDTH * WIDTH / (time.perf_counter() - start) / 1e9)
print(best)
