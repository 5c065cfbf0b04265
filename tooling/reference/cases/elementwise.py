"""Arithmetic, comparisons, transcendental functions, activations; broadcasting; extreme values in float32."""
import math

import numpy as np
import torch
import torch.nn.functional as F

from draw import away_from_zero, coins, exactly, integers, normal, uniform

#: Where float32 overflows, saturates or cancels, beside zeros, infinities and NaN. Not 20 to 24, where PyTorch's softplus jumps.
EXTREME = exactly([0.0, -0.0, 1e-6, -1e-6, 1.0, -1.0, 3.0, -3.0, 15.0, -15.0, 60.0, -60.0, 100.0, -100.0, 3e4, -3e4,
                   math.inf, -math.inf, math.nan])


def arithmetic(f):
    pair = {'a': normal(2, 3), 'b': away_from_zero(2, 3)}
    broadcast = {'a': normal(2, 1, 3), 'b': away_from_zero(4, 1)}
    scalar = {'a': normal(3), 'b': exactly(1.5)}
    binary = {
        'add': torch.add, 'sub': torch.sub, 'mul': torch.mul, 'div': torch.div, 'minimum': torch.minimum,
        'maximum': torch.maximum, 'atan2': torch.atan2,
    }
    for name, function in binary.items():
        f.op(f'{name}: same shape', function, pair)
        f.op(f'{name}: broadcast', function, broadcast)
        f.op(f'{name}: with a scalar tensor', function, scalar)
    f.op('remainder: same shape', torch.remainder, {'a': normal(3, 4, scale=4), 'b': away_from_zero(3, 4)}, wrt=['a'])
    f.op('pow: positive base', torch.pow, {'a': uniform(0.3, 2.5, 2, 3), 'b': normal(2, 3)})
    f.op('pow: broadcast', torch.pow, {'a': uniform(0.3, 2.5, 2, 3), 'b': normal(3)})
    for exponent in (2, 3, -1, 0.5, 0, 1):
        base = uniform(0.3, 2.5, 5) if exponent == 0.5 else away_from_zero(5)
        f.op(f'pow: exponent {exponent}', lambda a, e=exponent: torch.pow(a, e), {'a': base}, {'exponent': exponent}, pass_options=False)
    f.op('maximum: ties', torch.maximum, {'a': exactly([1.0, 2.0, 3.0]), 'b': exactly([1.0, 5.0, 3.0])}, second=False)
    f.op('minimum: ties', torch.minimum, {'a': exactly([1.0, 2.0, 3.0]), 'b': exactly([1.0, 5.0, 3.0])}, second=False)
    f.op('lerp: weight 0.25', lambda a, b: torch.lerp(a, b, 0.25), {'a': normal(2, 3), 'b': normal(2, 3)}, {'weight': 0.25}, pass_options=False)
    f.op('lerp: a tensor of weights', torch.lerp, {'a': normal(2, 3), 'b': normal(2, 3), 'weight': uniform(0, 1, 2, 3)})
    for name, function in {'neg': torch.neg, 'abs': torch.abs, 'sign': torch.sign, 'square': torch.square}.items():
        f.op(f'{name}: plain', function, {'x': normal(2, 3)})
    f.op('reciprocal: plain', torch.reciprocal, {'x': away_from_zero(2, 3)})
    f.op('abs: at zero', torch.abs, {'x': exactly([0.0, -2.0, 3.0])}, second=False)
    # int32: what stays exact; division truncates towards zero.
    whole = {'a': integers(-9, 10, 2, 4), 'b': integers(1, 5, 4)}
    for name in ('add', 'sub', 'mul', 'minimum', 'maximum'):
        f.op(f'{name}: int32', binary[name], whole)
    f.op('neg: int32', torch.neg, {'x': integers(-9, 10, 6)})
    f.op('abs: int32', torch.abs, {'x': integers(-9, 10, 6)})
    f.op('add: int32 and float32', torch.add, {'a': integers(-9, 10, 2, 3), 'b': normal(3)})
    f.op('mul: bool and float32', torch.mul, {'a': coins(2, 3), 'b': normal(2, 3)})


def comparison(f):
    functions = {
        'equal': torch.eq, 'notEqual': torch.ne, 'less': torch.lt, 'lessEqual': torch.le, 'greater': torch.gt, 'greaterEqual': torch.ge,
    }
    for name, function in functions.items():
        f.op(f'{name}: int32', function, {'a': integers(0, 3, 4, 3), 'b': integers(0, 3, 3)})
        f.op(f'{name}: float32 with NaN', function, {'a': exactly([1.0, 2.0, math.nan, -math.inf, 0.0]), 'b': exactly([1.0, 3.0, math.nan, 0.0, -0.0])}, wrt=[])
    for name, function in {'logicalAnd': torch.logical_and, 'logicalOr': torch.logical_or, 'logicalXor': torch.logical_xor}.items():
        f.op(f'{name}: broadcast', function, {'a': coins(3, 4), 'b': coins(4)})
    f.op('logicalNot: plain', torch.logical_not, {'x': coins(7)})
    for name, function in {'isNaN': torch.isnan, 'isFinite': torch.isfinite}.items():
        f.op(f'{name}: plain', function, {'x': exactly([0.0, math.nan, math.inf, -math.inf, 3e38])}, wrt=[])
    f.op('where: same shape', torch.where, {'condition': coins(3, 4), 'a': normal(3, 4), 'b': normal(3, 4)})
    f.op('where: broadcast', torch.where, {'condition': coins(3, 1), 'a': normal(4), 'b': normal(2, 1, 1)})
    f.op('where: int32', torch.where, {'condition': coins(5), 'a': integers(0, 9, 5), 'b': integers(0, 9, 5)})
    f.op('cast: float32 to int32', lambda x: x.int(), {'x': normal(8, scale=5)}, {'dtype': 'int32'}, wrt=[], pass_options=False)
    f.op('cast: float32 to bool', lambda x: x.bool(), {'x': exactly([0.0, -0.0, 0.5, -2.0])}, {'dtype': 'bool'}, wrt=[], pass_options=False)
    f.op('cast: int32 to float32', lambda x: x.double(), {'x': integers(-9, 9, 4)}, {'dtype': 'float32'}, pass_options=False)


def transcendental(f):
    plain = {
        'exp': torch.exp, 'expm1': torch.expm1, 'sin': torch.sin, 'cos': torch.cos, 'tan': torch.tan, 'tanh': torch.tanh, 'erf': torch.erf,
    }
    positive = {'log': torch.log, 'log1p': torch.log1p, 'sqrt': torch.sqrt, 'rsqrt': torch.rsqrt}
    for name, function in plain.items():
        f.op(f'{name}: plain', function, {'x': normal(2, 5)})
    for name, function in positive.items():
        f.op(f'{name}: plain', function, {'x': uniform(0.05, 4, 2, 5)})
    for name, function in {'floor': torch.floor, 'ceil': torch.ceil, 'round': torch.round, 'trunc': torch.trunc}.items():
        f.op(f'{name}: plain', function, {'x': exactly([-2.5, -1.5, -0.5, -0.3, 0.0, 0.3, 0.5, 1.5, 2.5, 1e7])}, second=False)
    tiny = {'x': exactly([1e-7, -1e-7, 1e-5, -1e-5, 1e-3, -1e-3, 0.01, -0.01])}
    for name in ('expm1', 'tanh', 'erf', 'sin'):
        f.op(f'{name}: small', plain[name], tiny)
    f.op('log1p: small', torch.log1p, tiny)
    for name in ('exp', 'expm1', 'tanh', 'erf'):
        f.op(f'{name}: extreme', plain[name], {'x': EXTREME}, second=False, in_float32=True)
    f.op('log: extreme', torch.log, {'x': exactly([0.0, 1e-30, 1.0, 3e38, math.inf, -1.0, math.nan])}, wrt=[], in_float32=True)
    f.op('log1p: extreme', torch.log1p, {'x': exactly([0.0, -1.0, 1e-30, 3e38, math.inf, -2.0, math.nan])}, wrt=[])
    f.op('sqrt: extreme', torch.sqrt, {'x': exactly([0.0, 1e-30, 3e38, math.inf, -1.0, math.nan])}, wrt=[], in_float32=True)
    f.op('sin: large', torch.sin, {'x': exactly([30.0, -100.0, 1000.0, 12345.0])}, wrt=[], in_float32=True)
    f.op('cos: large', torch.cos, {'x': exactly([30.0, -100.0, 1000.0, 12345.0])}, wrt=[], in_float32=True)


def hard_sigmoid(x):
    """By its definition: PyTorch's own, in float64, rounds the slope of 1/6 to float32."""
    return torch.clamp(x / 6 + 0.5, 0, 1)


def hard_swish(x):
    return x * torch.clamp(x + 3, 0, 6) / 6


def tanh_gelu(x, approximate):
    return F.gelu(x, approximate=approximate)


def activations(f):
    plain = {
        'relu': F.relu, 'sigmoid': torch.sigmoid, 'softplus': F.softplus, 'logSigmoid': F.logsigmoid, 'silu': F.silu, 'mish': F.mish,
        'gelu': F.gelu, 'leakyRelu': F.leaky_relu, 'elu': F.elu, 'selu': F.selu, 'hardSigmoid': hard_sigmoid, 'hardSwish': hard_swish,
        'softsign': F.softsign,
    }
    for name, function in plain.items():
        f.op(f'{name}: plain', function, {'x': normal(3, 8, scale=2)})
    f.op('gelu: tanh', tanh_gelu, {'x': normal(3, 8, scale=2)}, {'approximate': 'tanh'})
    f.op('leakyRelu: slope 0.2', F.leaky_relu, {'x': normal(3, 4)}, {'negativeSlope': 0.2})
    f.op('softplus: beta 2', F.softplus, {'x': normal(3, 4)}, {'beta': 2.0})
    f.op('elu: alpha 0.5', F.elu, {'x': normal(3, 4)}, {'alpha': 0.5})
    f.op('clamp: both', torch.clamp, {'x': normal(3, 4, scale=2)}, {'min': -1.0, 'max': 0.75})
    f.op('clamp: min only', torch.clamp, {'x': normal(3, 4)}, {'min': -0.25})
    f.op('clamp: max only', torch.clamp, {'x': normal(3, 4)}, {'max': 0.25})
    f.op('clamp: at the bounds', torch.clamp, {'x': exactly([-1.0, 1.0, 0.0, 2.0])}, {'min': -1.0, 'max': 1.0}, second=False)
    f.op('hardtanh: plain', F.hardtanh, {'x': normal(3, 4, scale=2)})
    f.op('hardtanh: bounds', F.hardtanh, {'x': normal(3, 4, scale=2)}, {'minVal': -0.5, 'maxVal': 1.5})
    f.op('hardtanh: at the bounds', F.hardtanh, {'x': exactly([-1.0, 1.0, 0.0, 2.0])}, second=False)
    f.op('relu6: plain', F.relu6, {'x': normal(3, 4, scale=5)})
    f.op('clamp: int32', torch.clamp, {'x': integers(-9, 10, 8)}, {'min': -3, 'max': 5})
    f.op('relu: at zero', F.relu, {'x': exactly([0.0, -0.0, 1.0, -1.0])}, second=False)
    for name, function in plain.items():
        # At infinity PyTorch's own gradients are NaN for some of these; we compare the values there and gradients short of it.
        finite = exactly([0.0, 1e-6, -1e-6, 15.0, -15.0, 60.0, -60.0, 100.0, -100.0, 3e4, -3e4])
        f.op(f'{name}: large', function, {'x': finite}, second=False, in_float32=True)
    f.op('gelu: tanh, large', tanh_gelu, {'x': finite}, {'approximate': 'tanh'}, second=False, in_float32=True)
    # Nothing but small values and slopes, which no large one beside them hides.
    for name in ('sigmoid', 'softplus', 'silu', 'mish'):
        f.op(f'{name}: tail', plain[name], {'x': uniform(-40, -8, 12)})
    f.op('logSigmoid: tail', F.logsigmoid, {'x': uniform(8, 40, 12)})
    for name in ('relu', 'relu6', 'leakyRelu'):
        f.op(f'{name}: NaN', {**plain, 'relu6': F.relu6}[name], {'x': exactly([math.nan, 1.0, -1.0])}, second=False)
    f.op('relu: extreme', F.relu, {'x': EXTREME}, wrt=[], in_float32=True)
    f.op('sigmoid: extreme', torch.sigmoid, {'x': EXTREME}, wrt=[], in_float32=True)


def build(f):
    arithmetic(f)
    comparison(f)
    transcendental(f)
    activations(f)
