"""
MultiheadAttention and TransformerEncoderLayer, in evaluation. A bool mask is true where attention is NOT allowed (attnMask) or
the key is padding (keyPaddingMask); a float mask is added. Outputs of attention: y, then the weights where they were asked for.
"""
import math

import numpy as np
import torch
from torch import nn

from draw import exactly, normal
from fixture import snake
from module_case import module_case

CAUSAL = exactly(np.triu(np.ones((4, 4), dtype=bool), 1), bool)
PADDING = exactly([[False, False, False, True], [False, True, False, False]], bool)
FLOAT_MASK = exactly(np.where(np.triu(np.ones((4, 4)), 2) > 0, -math.inf, 0.25 * np.arange(4)))


def attention(f):
    def run(call):
        def forward(module, inputs):
            query, key, value = (inputs.get(name, inputs['query']) for name in ('query', 'key', 'value'))
            y, weights = module(query, key, value, key_padding_mask=inputs.get('keyPaddingMask'), attn_mask=inputs.get('attnMask'), **snake(call))
            return [y] if weights is None else [y, weights]
        return forward

    def case(name, inputs, call=None, **options):
        given = {'embedDim': 6, 'numHeads': 2, **options}
        full = {'needWeights': True, **(call or {})}
        module_case(f, f'MultiheadAttention: {name}', nn.MultiheadAttention(**snake(given)), inputs, given, call=full, run=run(full))
    rows = {'query': normal(2, 4, 6)}
    case('self, batch first', rows, batchFirst=True)
    case('self, sequence first', {'query': normal(4, 2, 6)})
    case('no weights', rows, {'needWeights': False}, batchFirst=True)
    case('weights of every head', rows, {'averageAttnWeights': False}, batchFirst=True)
    case('cross', {'query': normal(2, 3, 6), 'key': normal(2, 5, 6), 'value': normal(2, 5, 6)}, batchFirst=True)
    case('no bias', rows, batchFirst=True, bias=False)
    case('causal', {**rows, 'attnMask': CAUSAL}, batchFirst=True)
    case('float mask', {**rows, 'attnMask': FLOAT_MASK}, batchFirst=True)
    case('padding', {**rows, 'keyPaddingMask': PADDING}, batchFirst=True)
    case('causal and padding', {**rows, 'attnMask': CAUSAL, 'keyPaddingMask': PADDING}, batchFirst=True)
    case('a mask for each head', {**rows, 'attnMask': exactly(np.stack([np.triu(np.ones((4, 4), dtype=bool), k) for k in (1, 2, 3, 1)]), bool)}, batchFirst=True)
    case('one sample', {'query': normal(4, 6)})


def encoder(f):
    def forward(module, inputs):
        return module(inputs['x'], src_mask=inputs.get('attnMask'), src_key_padding_mask=inputs.get('keyPaddingMask'))
    base = {'dModel': 6, 'numHeads': 2, 'dimFeedforward': 10, 'dropout': 0, 'batchFirst': True}
    for norm_first in (False, True):
        for activation in ('relu', 'gelu'):
            options = {**base, 'normFirst': norm_first, 'activation': activation}
            arguments = {**snake(options), 'nhead': 2}
            del arguments['num_heads']
            name = f'TransformerEncoderLayer: {"norm first" if norm_first else "norm last"}, {activation}'
            module_case(f, name, nn.TransformerEncoderLayer(**arguments), {'x': normal(2, 4, 6)}, options, run=forward)
            if activation == 'gelu':
                module_case(f, f'{name}, masks', nn.TransformerEncoderLayer(**arguments), {'x': normal(2, 4, 6), 'attnMask': CAUSAL, 'keyPaddingMask': PADDING}, options, run=forward)


def scaled_dot_product(f):
    """As a function; here a bool mask is true where a query MAY look, as in PyTorch 2's function of this name."""
    def attend(query, key, value, mask=None, scale=None):
        scores = query @ key.mT * (query.shape[-1] ** -0.5 if scale is None else scale)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf) if mask.dtype == torch.bool else scores + mask
        return torch.softmax(scores, -1) @ value
    inputs = {'query': normal(2, 3, 4), 'key': normal(2, 5, 4), 'value': normal(2, 5, 3)}
    f.op('scaledDotProductAttention: plain', attend, inputs)
    f.op('scaledDotProductAttention: scale 0.3', attend, inputs, {'scale': 0.3}, second=False)
    f.op('scaledDotProductAttention: float mask', attend, {**inputs, 'attnMask': normal(3, 5)})
    may_look = exactly([[True, True, False, True, False], [False, True, True, True, True], [True, False, False, False, False]], bool)
    f.op('scaledDotProductAttention: bool mask', attend, {**inputs, 'attnMask': may_look})

    def causal(query, key, value):
        return attend(query, key, value, torch.ones(3, 5, dtype=torch.bool).tril())
    f.op('scaledDotProductAttention: causal', causal, inputs, {'isCausal': True}, second=False, pass_options=False)


def build(f):
    attention(f)
    encoder(f)
