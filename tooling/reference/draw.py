"""Inputs of cases: specifications that are drawn only when a case is written, from a generator seeded by its name."""
import zlib

import numpy as np


def generator(name):
    return np.random.RandomState(zlib.crc32(name.encode()))


def float32(values):
    """The nearest float32 values, held as float64."""
    return np.asarray(values, dtype=np.float64).astype(np.float32).astype(np.float64)


def normal(*shape, scale=1.0, shift=0.0):
    return lambda rng: float32(rng.standard_normal(shape) * scale + shift)


def uniform(low, high, *shape):
    return lambda rng: float32(rng.uniform(low, high, shape))


def away_from_zero(*shape, least=0.4):
    """Of either sign, at least `least` in magnitude: divisors, bases."""
    def draw(rng):
        x = rng.standard_normal(shape)
        return float32(np.sign(x) * (np.abs(x) + least))
    return draw


def integers(low, high, *shape):
    """`high` is excluded."""
    return lambda rng: rng.randint(low, high, shape).astype(np.int32)


def coins(*shape, p=0.5):
    return lambda rng: rng.uniform(size=shape) < p


def exactly(values, dtype=np.float64):
    array = np.asarray(values, dtype=dtype)
    return lambda rng: float32(array) if dtype == np.float64 else array
