export { ConnectionGuard } from './connection-guard.js';
export { keepHandshakes } from './keep-handshakes.js';
export { webSockets } from './web-sockets.js';
export type { WebSocketsOptions } from './web-sockets.js';
export type { RefusedCall } from '../refused-call.js';
