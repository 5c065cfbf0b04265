"""
Mixing, written out in PyTorch and NumPy by its published definitions; the batch is paired with itself rolled by one, as in torchvision's
reference transforms.
pairs: { name, kind: 'mixup' | 'cutmix', images, permutation, lambda | (given: lambda, row, column; box: top, left, height, width), numClasses, labels, ignoreIndex?, weight?,
  epsilon, scores, mixed (images), shares (of both labels, each sample's own), probs (before smoothing, where nothing is ignored), loss, grad (by the scores) }.
spectra: { name, height, width, decayPower, noise, image }.
"""
import numpy as np
import torch
import torch.nn.functional as F

from draw import float32, generator
from fixture import encode, to_torch


def labels_loss(scores, labels, share, weight, ignore_index, epsilon):
    """Sum and denominator of a share of the loss of labels."""
    total = F.cross_entropy(scores, labels, weight=weight, ignore_index=ignore_index, label_smoothing=epsilon, reduction='sum')
    own = torch.ones(scores.shape[1], dtype=torch.float64) if weight is None else weight
    return share * total, share * own[labels[labels != ignore_index]].sum()


def pair(f, name, kind, images, mixed, share, rng, extra, epsilon=0.0, weighted=False, ignored=False):
    n, classes = len(images), 4
    scores = to_torch(float32(rng.standard_normal((n, classes)))).requires_grad_()
    labels = torch.tensor(rng.randint(0, classes, n))
    if ignored:
        labels[1] = -100
    weight = to_torch(float32(rng.uniform(0.3, 2, classes))) if weighted else None
    partners = labels.roll(1, 0)
    parts = [labels_loss(scores, labels, share, weight, -100, epsilon), labels_loss(scores, partners, 1 - share, weight, -100, epsilon)]
    loss = sum(s for s, _ in parts) / sum(d for _, d in parts)
    grad, = torch.autograd.grad(loss, scores)
    case = {'name': name, 'kind': kind, **extra, 'images': encode(images), 'permutation': [(i - 1) % n for i in range(n)], 'mixed': encode(mixed), 'labels': encode(labels),
            'numClasses': classes, 'epsilon': epsilon, 'scores': encode(scores), 'loss': float(loss), 'grad': encode(grad)}
    if weighted:
        case['weight'] = encode(weight)
    if not ignored:
        # torchvision's RandomMixup and RandomCutmix: one hot, rolled by one, added in shares.
        hot = F.one_hot(labels, classes).double()
        probs = hot * share + hot.roll(1, 0) * (1 - share)
        case['probs'] = encode(probs)
        if not weighted:
            soft = F.cross_entropy(scores, probs, label_smoothing=epsilon)
            assert torch.allclose(soft, loss), name
    f.add(case)


def mixup(f, name, share, **more):
    rng = generator(name)
    images = to_torch(float32(rng.standard_normal((5, 2, 4, 3))))
    pair(f, name, 'mixup', images, images * share + images.roll(1, 0) * (1 - share), share, rng, {'lambda': share}, **more)


def cutmix(f, name, share, row, column, shape=(5, 2, 8, 7), **more):
    """The box as torchvision 0.14's references/classification/transforms.py and the paper define it."""
    rng = generator(name)
    images = to_torch(float32(rng.standard_normal(shape)))
    height, width = shape[2:]
    half = 0.5 * np.sqrt(1 - share)
    half_width, half_height = int(half * width), int(half * height)
    left, top = max(column - half_width, 0), max(row - half_height, 0)
    right, bottom = min(column + half_width, width), min(row + half_height, height)
    mixed = images.clone()
    mixed[:, :, top:bottom, left:right] = images.roll(1, 0)[:, :, top:bottom, left:right]
    pasted = (bottom - top) * (right - left)
    extra = {'given': {'lambda': share, 'row': row, 'column': column}, 'box': {'top': top, 'left': left, 'height': bottom - top, 'width': right - left}}
    pair(f, name, 'cutmix', images, mixed, 1 - pasted / (height * width), rng, extra, **more)


def build_pairs(f):
    for share in (0.0, 0.25, 0.6180339887, 1.0):
        mixup(f, f'mixup: {share}', share)
    mixup(f, 'mixup: smoothed', 0.3, epsilon=0.1)
    mixup(f, 'mixup: class weights', 0.3, weighted=True)
    mixup(f, 'mixup: one ignored', 0.3, ignored=True)
    mixup(f, 'mixup: class weights, one ignored, smoothed', 0.3, epsilon=0.2, weighted=True, ignored=True)
    cutmix(f, 'cutmix: inside', 0.7, 4, 3)
    cutmix(f, 'cutmix: cut off at a corner', 0.4, 0, 6)
    cutmix(f, 'cutmix: everything', 0.0, 4, 3)
    cutmix(f, 'cutmix: nothing', 1.0, 4, 3)
    cutmix(f, 'cutmix: class weights, one ignored, smoothed', 0.5, 6, 2, epsilon=0.1, weighted=True, ignored=True)


def spectrum(f, height, width, decay_power):
    """FMix: noise over the frequencies' power, back by NumPy."""
    name = f'{height} x {width}, power {decay_power}'
    noise = float32(generator(name).standard_normal((height, width // 2 + 1, 2)))
    frequency = np.sqrt(np.fft.fftfreq(height)[:, None] ** 2 + np.fft.rfftfreq(width)[None, :] ** 2)
    scale = 1 / np.maximum(frequency, 1 / max(height, width)) ** decay_power
    image = np.fft.irfftn((noise[..., 0] + 1j * noise[..., 1]) * scale, (height, width))
    f.add({'name': name, 'height': height, 'width': width, 'decayPower': decay_power, 'noise': encode(noise), 'image': encode(image)})


def build_spectra(f):
    for height, width, decay_power in ((8, 8, 3), (7, 10, 3), (6, 9, 1.5), (5, 5, 0), (1, 6, 2), (16, 1, 3)):
        spectrum(f, height, width, decay_power)
