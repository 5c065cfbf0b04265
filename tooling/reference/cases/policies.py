"""
Policies by torchvision: first { name, space: { op: { magnitudes | null, signed } } } for a size and number of bins, { name, table } of AutoAugment,
then { name: 'image', pixels }, { name, op, magnitude, interpolation, output } of that image, and { name, draw, output } of AugMix with its draws given.
"""
import torch
import torch.nn.functional as F
from torchvision.transforms import AutoAugment, AutoAugmentPolicy, AugMix, InterpolationMode, RandAugment, TrivialAugmentWide
from torchvision.transforms.autoaugment import _apply_op

from cases.colour import pixels, smooth
from draw import float32, generator
from fixture import encode, to_torch

SIZES = [(32, 32), (224, 200), (27, 40)]


def space(of):
    return {op: {'magnitudes': None if m.ndim == 0 else [float(v) for v in m.double()], 'signed': signed} for op, (m, signed) in of.items()}


def spaces():
    for height, width in SIZES:
        size = [height, width]
        for bins in (31, 10):
            yield {'name': f'RandAugment {bins} {size}', 'size': size, 'bins': bins, 'space': space(RandAugment()._augmentation_space(bins, size))}
        yield {'name': f'AutoAugment {size}', 'size': size, 'bins': 10, 'space': space(AutoAugment()._augmentation_space(10, size))}
        for every in (True, False):
            yield {'name': f'AugMix {every} {size}', 'size': size, 'bins': 10, 'space': space(AugMix(all_ops=every)._augmentation_space(10, size))}
    for bins in (31, 10):
        yield {'name': f'TrivialAugmentWide {bins}', 'size': [32, 32], 'bins': bins, 'space': space(TrivialAugmentWide()._augmentation_space(bins))}


def steps(bins=31, every=5):
    """Each operation with magnitudes of the wide space, both signs; and inversion, which only AutoAugment has."""
    for op, (magnitudes, signed) in {**TrivialAugmentWide()._augmentation_space(bins), 'Invert': (torch.tensor(0.0), False)}.items():
        for magnitude in ([0.0] if magnitudes.ndim == 0 else [float(m) for m in magnitudes[::every]]):
            for sign in (1, -1) if signed and magnitude else (1,):
                yield op, sign * magnitude


def aug_mix(image, clean, chains):
    """AugMix's forward with what it draws given, weights of chains times 1 - clean."""
    mix = torch.tensor(clean) * image
    for weight, chain in chains:
        other = image
        for op, magnitude in chain:
            other = _apply_op(other, op, magnitude, interpolation=InterpolationMode.BILINEAR, fill=None)
        mix.add_(torch.tensor(weight) * other)
    return mix.to(image.dtype)


MIXES = [
    (0.4, [(0.3, [('Rotate', -10.0)]), (0.2, [('Solarize', 170.0), ('TranslateX', 2.0)]), (0.1, [('ShearY', 0.1), ('Equalize', 0.0), ('Color', -0.3)])]),
    (0.0, [(0.75, [('Posterize', 3)]), (0.25, [('Contrast', 0.2), ('AutoContrast', 0.0)])]),
    (1.0, [(0.0, [('Brightness', 0.2)])]),
]


def build(f):
    for case in spaces():
        f.add(case)
    for policy in AutoAugmentPolicy:
        f.add({'name': f'table {policy.value}', 'table': AutoAugment()._get_policies(policy)})
    image = smooth(generator('policies'), 3, 9, 9)
    f.add({'name': 'image', 'pixels': pixels(image)})
    for interpolation in ('nearest', 'bilinear'):
        for op, magnitude in steps():
            if interpolation == 'bilinear' and op[:5] not in ('Shear', 'Trans', 'Rotat'):
                continue
            output = _apply_op(image, op, magnitude, interpolation=InterpolationMode(interpolation), fill=None)
            f.add({'name': f'{op} {magnitude} {interpolation}', 'op': op, 'magnitude': magnitude, 'interpolation': interpolation, 'output': pixels(output)})
    for i, (clean, chains) in enumerate(MIXES):
        draw = {'clean': clean, 'chains': [{'weight': weight, 'steps': chain} for weight, chain in chains]}
        f.add({'name': f'AugMix {i}', 'draw': draw, 'output': pixels(aug_mix(image, clean, chains))})


def build_divergence(f):
    """{ name, scores: [array], classAxis, value, grads }: AugMix's consistency loss as its code has it, without its weight of 12, meaned over samples."""
    for name, shape, axis, views in (('three views', (6, 4), 1, 3), ('two views', (5, 3), 1, 2), ('classes in the middle', (2, 3, 5), 1, 3), ('classes last', (2, 5, 3), -1, 3), ('far apart', (4, 6), 1, 3)):
        rng = generator(f'jensen-shannon {name}')
        scale = 8 if name == 'far apart' else 2
        scores = [to_torch(float32(scale * rng.standard_normal(shape))).requires_grad_() for _ in range(views)]
        shares = [F.softmax(x, dim=axis).movedim(axis, -1).reshape(-1, shape[axis]) for x in scores]
        mixture = torch.clamp(sum(shares) / views, 1e-7, 1).log()
        value = sum(F.kl_div(mixture, p, reduction='batchmean') for p in shares) / views
        grads = torch.autograd.grad(value, scores)
        f.add({'name': name, 'scores': [encode(x) for x in scores], 'classAxis': axis, 'value': encode(value), 'grads': [encode(g) for g in grads]})
