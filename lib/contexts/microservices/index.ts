export { microservices } from './microservices.reader.js';
export type { MicroservicesOptions } from './microservices.reader.js';
export type { RefusedCall } from '../refused-call.js';
