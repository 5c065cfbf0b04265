"""
Image files as PIL writes them, and what PIL reads from them: upright, in RGB, on white where transparent; `grey` by convert('L').
{ name, file: base64, pixels: { shape: [C, H, W], bytes }, grey?: the same, lossy: whether decoders may differ }.
"""
import base64
import io

import numpy as np
from PIL import Image, ImageOps

from draw import generator


def pixels(image):
    array = np.asarray(image)
    array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    return {'shape': list(array.shape), 'bytes': base64.b64encode(array.astype(np.uint8).tobytes()).decode()}


def written(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def read(file):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    if image.mode == 'I':  # 16 bits
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert('RGB')
    if image.mode in ('LA', 'RGBA') or 'transparency' in image.info:
        image = image.convert('RGBA')
        white = Image.new('RGBA', image.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, image).convert('RGB')
    return image.convert('RGB')


def smooth():
    """What JPEG keeps well, and nowhere symmetric."""
    y, x = np.mgrid[0:16, 0:24]
    return Image.fromarray(np.stack([20 + 9 * x, 30 + 12 * y, 200 - 3 * x - 6 * y], -1).astype(np.uint8))


def files():
    rng = generator('image files')
    noise = Image.fromarray(rng.randint(0, 256, (5, 7, 3)).astype(np.uint8))
    grey = Image.fromarray(rng.randint(0, 256, (5, 7)).astype(np.uint8))
    yield 'PNG', written(noise, 'PNG')
    yield 'grey PNG', written(grey, 'PNG')
    yield 'PNG of one bit', written(grey.convert('1'), 'PNG')
    yield 'PNG with a palette', written(noise.quantize(9), 'PNG')
    yield 'GIF', written(noise.quantize(9), 'GIF')
    yield 'GIF of two pictures', written(noise.quantize(9), 'GIF', save_all=True, append_images=[grey.convert('P')])
    alpha = noise.copy()
    alpha.putalpha(Image.fromarray(np.resize([0, 255, 128, 64], (5, 7)).astype(np.uint8)))
    yield 'PNG with alpha', written(alpha, 'PNG')
    grey_alpha = grey.convert('LA')
    grey_alpha.putalpha(Image.fromarray(np.resize([255, 0, 100], (5, 7)).astype(np.uint8)))
    yield 'grey PNG with alpha', written(grey_alpha, 'PNG')
    yield 'grey PNG of 16 bits', written(Image.fromarray((np.asarray(grey).astype(np.uint16) * 257)), 'PNG')
    yield 'JPEG', written(smooth(), 'JPEG', quality=95, subsampling=0)
    yield 'grey JPEG', written(smooth().convert('L'), 'JPEG', quality=95)
    yield 'progressive JPEG', written(smooth(), 'JPEG', quality=95, subsampling=0, progressive=True)
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f'JPEG of orientation {orientation}', written(smooth(), 'JPEG', quality=95, subsampling=0, exif=exif)


def build(f):
    for name, file in files():
        image = read(file)
        case = {'name': name, 'file': base64.b64encode(file).decode(), 'pixels': pixels(image), 'lossy': 'JPEG' in name or 'alpha' in name}
        if 'JPEG' not in name and 'alpha' not in name:
            case['grey'] = pixels(image.convert('L'))
        f.add(case)
