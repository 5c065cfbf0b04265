export { centerCropOf as centerCrop } from './center-crop';
export { crop, pad } from './crop';
export { hflip, vflip } from './flip';
