import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface SocketOptions {
  /** Of the request that opens it. */
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, unknown>;
}

/** What an operation over a socket brought: the data of its results, and all errors, however they came. */
export interface Brought {
  readonly data: unknown[];
  readonly errors: unknown[];
}

/** A client of graphql-ws, which both drivers speak with. */
export function openSocket(url: string, { headers = {}, params }: SocketOptions = {}): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    ...(params !== undefined && { connectionParams: params }),
    retryAttempts: 0,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers });
      }
    },
  });
}

/** An operation until its end, or as many results of it as are asked for. */
export async function bring(client: Client, query: string, most = Infinity): Promise<Brought> {
  const data: unknown[] = [];
  const errors: unknown[] = [];
  try {
    for await (const result of client.iterate({ query })) {
      if (result.data !== undefined && result.data !== null) data.push(result.data);
      errors.push(...(result.errors ?? []));
      if (data.length >= most) break;
    }
  } catch (error) {
    errors.push(...[error].flat());
  }
  return { data, errors };
}
