#!/usr/bin/python3
"""Writes every fixture, or those whose path (as `core/fixtures/ops`) starts with an argument."""
import os
import pathlib
import sys

# One thread: sums in one order. Must be set before torch loads its libraries.
os.environ['OPENBLAS_NUM_THREADS'] = os.environ['OMP_NUM_THREADS'] = '1'

import torch

from cases import CASES, WEIGHTS
from fixture import Fixture

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(prefixes):
    torch.set_num_threads(1)
    total = 0
    with_root = {path: (lambda fixture, build=build: build(fixture, ROOT)) for path, build in WEIGHTS.items()}
    for path, build in {**CASES, **with_root}.items():
        if prefixes and not any(path.startswith(prefix) for prefix in prefixes):
            continue
        fixture = Fixture(path)
        build(fixture)
        size = fixture.write(ROOT)
        total += size
        print(f'{path}: {len(fixture.cases)} cases, {size / 1000:.0f} kB')
    print(f'total {total / 1000:.0f} kB')


if __name__ == '__main__':
    main(sys.argv[1:])
