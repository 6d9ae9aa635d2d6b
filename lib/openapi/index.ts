export { createDocument } from './create-document.js';
export { documentForCaller } from './document-for-caller.js';
export { setupProtectedSwagger } from './protected-swagger.js';
export type { ProtectedSwaggerOptions } from './protected-swagger.js';
export { swaggerUiOptions } from './swagger-ui-options.js';
export type { SwaggerUiOAuthOptions } from './swagger-ui-options.js';
