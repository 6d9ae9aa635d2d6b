export { mcp } from './mcp.js';
export type { McpOptions } from './mcp.js';
export type { SessionOwner } from './mcp-sessions.js';
