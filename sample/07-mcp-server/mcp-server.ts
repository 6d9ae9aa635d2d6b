import { McpStrategy, StreamableHttpTransport } from '@rekog/mcp-nest';

/** Answers at `/mcp`. */
export const mcpServer = new McpStrategy({
  name: 'notes',
  version: '1.0.0',
  transports: [new StreamableHttpTransport()],
});
