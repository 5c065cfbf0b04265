export { affine, rotate } from './affine';
export { centerCropOf as centerCrop } from './center-crop';
export { crop, pad } from './crop';
export { elasticTransformOf as elasticTransform } from './elastic';
export { fiveCrop, tenCrop } from './five-crop';
export { hflip, vflip } from './flip';
export { perspective } from './perspective';
export { resize, resizedCrop } from './resize';
