export { encodeImage, type EncodeImageOptions } from './encode-image';
export { imageFolder, type ImageFolder, type ImageFolderOptions } from './image-folder';
export { readImage, type ImageSource, type ReadImageOptions } from './read-image';
export { writeImage } from './write-image';
