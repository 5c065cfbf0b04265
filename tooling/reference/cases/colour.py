"""
Colours of images by torchvision's tensor backend, parameters fixed. First the images, { name: 'image …', pixels }; then
{ name, op: our name, args, image: which of them, output }. Pixels are { shape: [C, H, W], bytes: base64 } or a float32 array.
"""
import base64

import numpy as np
import torch
import torchvision.transforms.functional_tensor as F

from draw import generator
from fixture import encode


def pixels(image):
    if image.dtype == torch.uint8:
        return {'shape': list(image.shape), 'bytes': base64.b64encode(image.numpy().tobytes()).decode()}
    return encode(image)


def smooth(rng, channels, height, width):
    """Waves with some noise, of a narrow range: what equalization and contrast are for."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [90 + 40 * np.sin(x / (2 + c) + y / 3) + 10 * rng.standard_normal((height, width)) for c in range(channels)]
    return torch.tensor(np.clip(np.stack(waves), 0, 255).astype(np.uint8))


def images():
    rng = generator('colour')
    noise = torch.tensor(rng.randint(0, 256, (3, 9, 11)).astype(np.uint8))
    noise[:, 0, :3] = torch.tensor([0, 128, 255], dtype=torch.uint8)  # greys, which have no hue
    noise[1:, 1, 0] = 0
    greys = torch.arange(256, dtype=torch.uint8).reshape(1, 16, 16)
    return {
        'noise': noise,
        'waves': smooth(rng, 3, 17, 16),
        'greys': greys,
        'constant': torch.full((3, 4, 5), 77, dtype=torch.uint8),
        'tiny': noise[:, :2, :2].contiguous(),
        'floats': torch.tensor(rng.uniform(size=(3, 6, 7)).astype(np.float32)),
        'float waves': smooth(rng, 3, 6, 5) / 255.0,
        'float grey': torch.tensor(rng.uniform(size=(1, 6, 7)).astype(np.float32)),
    }


RGB = ['noise', 'waves', 'constant', 'floats', 'float waves']
ALL = [*RGB, 'greys', 'float grey']
BYTES = ['noise', 'waves', 'constant', 'greys']


def cases():
    """Our name, torchvision's function, its arguments, the images."""
    for factor in (0, 0.73, 1, 1.37, 5):
        yield 'adjustBrightness', F.adjust_brightness, [factor], ALL
        yield 'adjustContrast', F.adjust_contrast, [factor], ALL
        yield 'adjustSaturation', F.adjust_saturation, [factor], ALL
        yield 'adjustSharpness', F.adjust_sharpness, [factor], [*ALL, 'tiny']
    for factor in (-0.5, -0.31, 0, 0.05, 0.4):
        yield 'adjustHue', F.adjust_hue, [factor], ALL
    for gamma, gain in ((0, 1), (0.4, 1), (2.2, 1), (0.8, 1.6)):
        yield 'adjustGamma', F.adjust_gamma, [gamma, gain], ALL
    for bits in (0, 1, 4, 7, 8):
        yield 'posterize', F.posterize, [bits], BYTES
    for threshold in (0, 100, 170.0, 127.5, 255):
        yield 'solarize', F.solarize, [threshold], BYTES
    for threshold in (0, 0.3, 1):
        yield 'solarize', F.solarize, [threshold], ['floats', 'float grey']
    yield 'equalize', F.equalize, [], BYTES
    for name, function in (('autocontrast', F.autocontrast), ('invert', F.invert), ('rgbToGrayscale', F.rgb_to_grayscale)):
        yield name, function, [], ALL
    yield 'rgbToGrayscale', F.rgb_to_grayscale, [3], RGB
    for size, sigma in (([3, 3], [0.5, 0.5]), ([5, 3], [1.0, 0.7]), ([7, 7], [2.0, 2.0]), ([1, 5], [1.0, 0.3])):
        yield 'gaussianBlur', F.gaussian_blur, [size, sigma], ['noise', 'waves', 'greys', 'floats', 'float waves']
    yield 'normalize', F.normalize, [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]], ['floats', 'float waves']
    yield 'convertImageDtype', lambda x, _: F.convert_image_dtype(x), ['float32'], ['noise', 'greys', 'floats']
    yield 'convertImageDtype', lambda x, _: F.convert_image_dtype(x, torch.uint8), ['uint8'], ['noise', 'floats', 'float waves']


def build(f):
    given = images()
    for name, image in given.items():
        f.add({'name': f'image {name}', 'pixels': pixels(image)})
    for op, function, args, names in cases():
        for name in names:
            f.add({'name': f'{op}({", ".join(map(str, args))}) of {name}', 'op': op, 'args': args, 'image': name, 'output': pixels(function(given[name], *args))})
