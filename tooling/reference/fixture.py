"""Runs a case through PyTorch, forward, first and second order, and writes the arrays in the format of README.md."""
import base64
import json
import re

import numpy as np
import torch

from draw import float32, generator

CODES = {'float64': '<f8', 'float32': '<f4', 'int32': '<i4', 'bool': '|b1'}


def to_numpy(array):
    if not torch.is_tensor(array):
        return np.asarray(array)
    # PyTorch's lazy zeros, as the derivative of sign, have no memory behind them: numpy() would show whatever lies there.
    return np.zeros(tuple(array.shape)) if array._is_zerotensor() else array.detach().numpy()


def encode(array):
    """An array as JSON; float64 that float32 holds exactly is stored as float32, half the size."""
    array = to_numpy(array)
    if array.dtype == np.int64:
        array = array.astype(np.int32)
    if array.dtype == np.float64:
        with np.errstate(over='ignore'):
            narrow = array.astype(np.float32)
        if np.array_equal(narrow.astype(np.float64), array, equal_nan=True):
            array = narrow
    data = np.ascontiguousarray(array.astype(CODES[array.dtype.name])).tobytes()
    return {'dtype': array.dtype.name, 'shape': list(array.shape), 'data': base64.b64encode(data).decode()}


def encode_or_null(array):
    """None, and an array of zeros, become null."""
    return None if array is None or not np.any(to_numpy(array)) else encode(array)


def keyed(encoder, arrays):
    return {name: encoder(array) for name, array in arrays.items()}


def to_torch(array, dtype=torch.float64):
    """int32 inputs become int64, which PyTorch wants of an index."""
    if array.dtype == np.float64:
        return torch.tensor(array, dtype=dtype)
    return torch.tensor(array) if array.dtype == bool else torch.tensor(array.astype(np.int64))


def as_list(outputs):
    return list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]


def cotangents_like(outputs, rng):
    """A random float32 array for each output that depends on the inputs, None for the others."""
    return [to_torch(float32(rng.standard_normal(tuple(y.shape)))).requires_grad_() if y.requires_grad else None for y in outputs]


def first_order(outputs, inputs, cotangents, create_graph=False):
    """d sum_k sum(outputs_k cotangents_k) / d inputs, by name."""
    loss = sum((y * c).sum() for y, c in zip(outputs, cotangents) if c is not None)
    grads = torch.autograd.grad(loss, list(inputs.values()), create_graph=create_graph, allow_unused=True)
    return dict(zip(inputs, grads))


def second_order(grads, inputs, cotangents, rng):
    """Gradients of sum_i sum(grads_i directions_i), or None where nothing depends on anything."""
    grads = {name: g for name, g in grads.items() if g is not None and g.requires_grad}
    if not grads:
        return None
    directions = {name: to_torch(float32(rng.standard_normal(tuple(g.shape)))) for name, g in grads.items()}
    total = sum((g * directions[name]).sum() for name, g in grads.items())
    given = [c for c in cotangents if c is not None]
    found = torch.autograd.grad(total, list(inputs.values()) + given, allow_unused=True)
    by_cotangent = iter(found[len(inputs):])
    return {
        'directions': keyed(encode, directions),
        'grads': keyed(encode_or_null, dict(zip(inputs, found))),
        'cotangentGrads': [None if c is None else encode_or_null(next(by_cotangent)) for c in cotangents],
    }


def snake(options):
    """Our option names as PyTorch's keyword arguments."""
    renamed = {'axis': 'dim'}
    return {renamed.get(key, re.sub('[A-Z]', lambda m: '_' + m.group().lower(), key)): value for key, value in options.items()}


class Fixture:
    """The cases of one file."""

    def __init__(self, path):
        self.path = path
        self.cases = []

    def add(self, case):
        if any(case['name'] == other['name'] for other in self.cases):
            raise ValueError(f"{self.path}: two cases are named '{case['name']}'")
        self.cases.append(case)

    def op(self, name, function, inputs, options=None, wrt=None, second=True, in_float32=False, pass_options=True):
        """
        A case of the op called `name` up to its colon. `function` takes the inputs in order and the options as PyTorch's
        keywords. wrt: names of the inputs to differentiate, all of type float unless given.
        """
        rng = generator(name)
        options = options or {}
        drawn = {key: draw(rng) for key, draw in inputs.items()}
        if wrt is None:
            wrt = [key for key, array in drawn.items() if array.dtype == np.float64]

        def run(dtype):
            tensors = {key: to_torch(array, dtype) for key, array in drawn.items()}
            for key in wrt:
                tensors[key].requires_grad_()
            outputs = as_list(function(*tensors.values(), **(snake(options) if pass_options else {})))
            return outputs, {key: tensors[key] for key in wrt if tensors[key].requires_grad}

        outputs, differentiated = run(torch.float64)
        case = {'name': name, 'op': name.split(':')[0], 'inputs': keyed(encode, drawn)}
        if options:
            case['options'] = options
        case['outputs'] = [encode(y) for y in outputs]
        cotangents = []
        if any(y.requires_grad for y in outputs):
            cotangents = cotangents_like(outputs, rng)
            grads = first_order(outputs, differentiated, cotangents, create_graph=second)
            case['first'] = {
                'cotangents': [None if c is None else encode(c) for c in cotangents],
                'grads': keyed(encode_or_null, grads),
            }
            higher = second_order(grads, differentiated, cotangents, rng) if second else None
            if higher:
                case['second'] = higher
        if in_float32:
            outputs, differentiated = run(torch.float32)
            case['float32'] = {'outputs': [encode(y) for y in outputs]}
            if 'first' in case:
                narrow = [None if c is None else c.detach().float() for c in cotangents]
                case['float32']['grads'] = keyed(encode_or_null, first_order(outputs, differentiated, narrow))
        self.add(case)

    def write(self, root):
        target = root / 'packages' / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        source = f"torch {torch.__version__.split('a')[0]}"
        lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in self.cases)
        target.write_text(f'{{"source":"{source}","cases":[\n{lines}\n]}}\n')
        return target.stat().st_size
