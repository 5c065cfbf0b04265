"""
safetensors files by the format's description, with struct and numpy alone (Debian has no package of it): what the tests hold our
reader and writer against. `read` makes the checks of the official reader.
"""
import json
import struct

import numpy as np
import torch

# Wider types first, as the official writer orders them, so that all are aligned.
TYPES = {
    'I64': torch.int64, 'F64': torch.float64, 'F32': torch.float32, 'I32': torch.int32, 'BF16': torch.bfloat16, 'F16': torch.float16,
    'I16': torch.int16, 'I8': torch.int8, 'U8': torch.uint8, 'BOOL': torch.bool,
}
NAMES = {dtype: name for name, dtype in TYPES.items()}


def to_bytes(x):
    x = x.detach().contiguous()
    return (x.view(torch.int16) if x.dtype == torch.bfloat16 else x).numpy().tobytes()


def write(path, tensors, metadata=None):
    """Names to torch tensors, to the bytes that safetensors.torch.save_file writes."""
    header = {} if metadata is None else {'__metadata__': metadata}
    offset, chunks = 0, []
    order = list(TYPES)
    for name, x in sorted(tensors.items(), key=lambda item: (order.index(NAMES[item[1].dtype]), item[0])):
        data = to_bytes(x)
        header[name] = {'dtype': NAMES[x.dtype], 'shape': list(x.shape), 'data_offsets': [offset, offset + len(data)]}
        offset += len(data)
        chunks.append(data)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack('<Q', len(text)) + text + b''.join(chunks))


def read(path):
    """Names to torch tensors, and the metadata."""
    raw = path.read_bytes()
    length, = struct.unpack('<Q', raw[:8])
    assert length <= 100_000_000 and length % 8 == 0, 'the header must be short and aligned'
    header = json.loads(raw[8:8 + length].decode())
    metadata = header.pop('__metadata__', {})
    assert all(isinstance(text, str) for text in metadata.values()), 'metadata must be text'
    data, end, tensors = raw[8 + length:], 0, {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
        begin, stop = entry['data_offsets']
        assert begin == end, f'{name}: a gap or an overlap'
        dtype = TYPES[entry['dtype']]
        size = torch.empty((), dtype=dtype).element_size()
        assert begin % size == 0, f'{name}: not aligned'
        assert stop - begin == size * int(np.prod(entry['shape'], dtype=np.int64)), f'{name}: {stop - begin} bytes'
        tensors[name] = torch.frombuffer(bytearray(data[begin:stop]), dtype=dtype).reshape(entry['shape']) if stop > begin else torch.empty(entry['shape'], dtype=dtype)
        end = stop
    assert end == len(data), 'bytes too many'
    return tensors, metadata
