/** What this package reads calls with, by their types. */
const READERS = new Map([
  ['graphql', 'graphql() of nestjs-security/graphql'],
  ['ws', 'webSockets() of nestjs-security/websockets'],
  [
    'rpc',
    'microservices() of nestjs-security/microservices, or mcp(server) of nestjs-security/mcp for an MCP server,',
  ],
]);

/** In words: the reader to add where an application has none for calls of a type. */
export function missingReader(type: string): string {
  return READERS.get(type) ?? `a reader of ${type} calls`;
}
