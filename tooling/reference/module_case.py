"""A case of a module: parameters drawn like inputs, outputs, gradients by input and by state dict name."""
import numpy as np
import torch

from draw import float32, generator
from fixture import as_list, cotangents_like, encode, encode_or_null, first_order, keyed, to_torch


def draw_state(module, rng):
    """Float parameters and buffers from a normal distribution, variances positive, in the order of the state dict."""
    state = module.state_dict()
    for name, value in state.items():
        if value.is_floating_point():
            drawn = rng.standard_normal(tuple(value.shape)) * 0.5
            state[name] = to_torch(float32(np.abs(drawn) + 0.5 if name.endswith('running_var') else drawn))
    module.load_state_dict(state)


def module_case(f, name, module, inputs, options=None, call=None, layers=None, training=False, run=None, draw=draw_state):
    """
    run(module, inputs): the forward where it is more than module(*inputs). `call` records its options, in our names.
    draw(module, rng): gives it its state.
    """
    rng = generator(name)
    module = module.double().train(training)
    draw(module, rng)
    drawn = {key: make(rng) for key, make in inputs.items()}
    case = {'name': name, 'module': name.split(':')[0], 'inputs': keyed(encode, drawn)}
    for key, value in (('options', options), ('layers', layers), ('call', call)):
        if value:
            case[key] = value
    if training:
        case['training'] = True
    case['stateDict'] = keyed(encode, {key: value.clone() for key, value in module.state_dict().items()})
    tensors = {key: to_torch(array) for key, array in drawn.items()}
    differentiated = {key: tensor.requires_grad_() for key, tensor in tensors.items() if tensor.is_floating_point() and 'mask' not in key.lower()}
    outputs = as_list(run(module, tensors) if run else module(*tensors.values()))
    case['outputs'] = [encode(y) for y in outputs]
    if training:
        case['stateDictAfter'] = keyed(encode, dict(module.state_dict()))
    parameters = dict(module.named_parameters())
    cotangents = cotangents_like(outputs, rng)
    grads = first_order(outputs, {**differentiated, **{f'state {key}': p for key, p in parameters.items()}}, cotangents)
    case['first'] = {
        'cotangents': [None if c is None else encode(c) for c in cotangents],
        'grads': {key: encode_or_null(grads[key]) for key in differentiated},
        'paramGrads': {key: encode_or_null(grads[f'state {key}']) for key in parameters},
    }
    f.add(case)
