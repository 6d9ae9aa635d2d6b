export { createDocument } from './create-document.js';
export { swaggerUiOptions } from './swagger-ui-options.js';
export type { SwaggerUiOAuthOptions } from './swagger-ui-options.js';
