export { createDocument } from './create-document.js';
export { swaggerUiOptions } from './swagger-ui-options.js';
