"""
Geometry of images by torchvision's tensor backend, parameters fixed: { name: 'image …', pixels }, then { name, op: our name, args, image:
which of them, output }. A displacement is { name: 'displacement …', field } and stands in args by its name.

Fill goes with `nearest` alone: with `bilinear` torchvision weighs a pixel at the edge twice. Perspective has the coefficients of the points
solved in float64, where torchvision solves them in float32.
"""
import numpy as np
import torch
import torchvision.transforms.functional as F
import torchvision.transforms.functional_tensor as FT
from torchvision.transforms import InterpolationMode

from cases.colour import pixels, smooth
from draw import generator
from fixture import encode

MODES = {'nearest': InterpolationMode.NEAREST, 'bilinear': InterpolationMode.BILINEAR, 'bicubic': InterpolationMode.BICUBIC}


def images():
    rng = generator('geometry')
    return {
        'noise': torch.tensor(rng.randint(0, 256, (3, 9, 11)).astype(np.uint8)),
        'waves': smooth(rng, 3, 17, 24),
        'square': torch.tensor(rng.randint(0, 256, (1, 12, 12)).astype(np.uint8)),
        'floats': torch.tensor(rng.uniform(size=(2, 10, 7)).astype(np.float32)),
    }


ALL = ['noise', 'waves', 'square', 'floats']


def snake(options):
    renamed = {'paddingMode': 'padding_mode'}
    return {renamed.get(key, key): MODES[value] if key == 'interpolation' else value for key, value in options.items()}


def coefficients(start, end):
    rows, right = [], []
    for (x, y), (X, Y) in zip(start, end):
        rows += [[X, Y, 1, 0, 0, 0, -x * X, -x * Y], [0, 0, 0, X, Y, 1, -y * X, -y * Y]]
        right += [x, y]
    return np.linalg.solve(np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64)).tolist()


def cases(given, fields):
    """Our name, our arguments after the image, the images, and torchvision's output for one."""
    for padding in (2, [1, 3], [3, 0, 1, 2]):
        for mode in ('constant', 'edge', 'reflect', 'symmetric'):
            options = {'paddingMode': mode}
            yield 'pad', [padding, options], ALL, lambda x, p=padding, o=options: F.pad(x, p, **snake(o))
    yield 'pad', [2, {'fill': 7}], ['noise', 'waves', 'square'], lambda x: F.pad(x, 2, fill=7)
    for place in ([2, 3, 4, 5], [-2, -1, 6, 6], [5, 4, 9, 9]):
        yield 'crop', place, ALL, lambda x, p=place: F.crop(x, *p)
    for size in ([5, 4], [6, 7], [30, 5], [31, 30]):
        yield 'centerCrop', size, ALL, lambda x, s=size: F.center_crop(x, s)
    yield 'hflip', [], ALL, F.hflip
    yield 'vflip', [], ALL, F.vflip
    for size in ([5, 4], [20, 30], [9, 5], [1, 1], [3, 30], 6, 13):
        for mode, antialias in (('nearest', False), ('bilinear', False), ('bilinear', True), ('bicubic', False), ('bicubic', True)):
            options = {'interpolation': mode, 'antialias': antialias}
            yield 'resize', [size, options], ALL, lambda x, s=size, o=options: F.resize(x, s, **snake(o))
    yield 'resize', [8, {'antialias': True, 'maxSize': 10}], ALL, lambda x: F.resize(x, 8, max_size=10, antialias=True)
    for region in ([1, 2, 6, 5], [0, 0, 9, 3]):
        for mode, antialias in (('nearest', False), ('bilinear', False), ('bilinear', True), ('bicubic', True)):
            options = {'interpolation': mode, 'antialias': antialias}
            named = dict(zip(('top', 'left', 'height', 'width'), region))
            yield 'resizedCrop', [named, [7, 8], options], ALL, lambda x, r=region, o=options: F.resized_crop(x, *r, [7, 8], **snake(o))
    for angle in (0, 90, 180, -90, 17.5, -133.2):
        for options in ({}, {'interpolation': 'bilinear'}, {'expand': True}, {'expand': True, 'interpolation': 'bilinear'}, {'center': [3, 4.3], 'interpolation': 'bilinear'}):
            # A quarter turn of an odd by an even number of pixels puts each half way between two: there float32 decides.
            names = ['noise', 'square'] if abs(angle) == 90 and 'interpolation' not in options else ALL
            yield 'rotate', [angle, options], names, lambda x, a=angle, o=options: F.rotate(x, a, **snake(o))
    yield 'rotate', [31.7, {'fill': 9}], ['noise', 'waves', 'square'], lambda x: F.rotate(x, 31.7, fill=[9.0] * x.shape[0])
    for parts in (
        {'angle': 21.3, 'translate': [2, -1], 'scale': 1.3, 'shear': [11.0, -7.0]},
        {'angle': -80.1, 'translate': [0, 0], 'scale': 0.6, 'shear': [0.0, 25.0]},
        {'angle': 0, 'translate': [3, 2], 'scale': 1.0, 'shear': [0.0, 0.0]},
    ):
        for options in ({}, {'interpolation': 'bilinear'}, {'interpolation': 'bilinear', 'center': [2.2, 1.0]}):
            yield 'affine', [{**parts, **options}], ALL, lambda x, p=parts, o=options: F.affine(x, **p, **snake(o))
    start, end = [[0, 0], [10, 0], [10, 8], [0, 8]], [[1, 2], [9, 1], [8, 6], [2, 8]]
    for mode in ('nearest', 'bilinear'):
        yield 'perspective', [start, end, {'interpolation': mode}], ALL, lambda x, m=mode: FT.perspective(x, coefficients(start, end), interpolation=m)
    for name, field in fields.items():
        for mode in ('nearest', 'bilinear'):
            yield 'elasticTransform', [f'displacement {name}', {'interpolation': mode}], [name], lambda x, d=field, m=mode: F.elastic_transform(x, d[None], MODES[m])
    yield 'fiveCrop', [[5, 4]], ['noise', 'floats'], lambda x: torch.cat(F.five_crop(x, [5, 4]))
    yield 'tenCrop', [[5, 4]], ['noise', 'floats'], lambda x: torch.cat(F.ten_crop(x, [5, 4]))


def build(f):
    given = images()
    rng = generator('displacement')
    fields = {name: torch.tensor(rng.uniform(-0.3, 0.3, (*image.shape[1:], 2)).astype(np.float32)) for name, image in given.items() if name != 'waves'}
    for name, image in given.items():
        f.add({'name': f'image {name}', 'pixels': pixels(image)})
    for name, field in fields.items():
        f.add({'name': f'displacement {name}', 'field': encode(field)})
    for i, (op, args, names, run) in enumerate(cases(given, fields)):
        for name in names:
            f.add({'name': f'{op} {i}: {name}', 'op': op, 'args': args, 'image': name, 'output': pixels(run(given[name].clone()).contiguous())})
