export { encodeImage, type EncodeImageOptions } from './encode-image';
export { readImage, type ImageSource, type ReadImageOptions } from './read-image';
export { writeImage } from './write-image';
