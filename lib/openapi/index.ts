export { createDocument } from './create-document.js';
