import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { RefusedCall } from '../refused-call.js';
import type { AdmitClient } from './client-admission.js';
import { atExpiry } from '../at-expiry.js';
import { endResultsOf } from '../expiring-results.js';
import { rememberUpgrade } from './handshakes.js';

const logger = new Logger('ConnectionGuard');

type Client = EventEmitter & { close(code: number, reason: string): void };

/** An upgrade, as ws passes it to `verifyClient`. */
interface Upgrade {
  readonly req: IncomingMessage;
}

/** Accepts an upgrade, or answers it with an error. */
type Done = (
  admitted: boolean,
  status?: number,
  body?: string,
  headers?: Record<string, string>,
) => void;

type VerifyClient = ((info: Upgrade) => unknown) | ((info: Upgrade, done: Done) => void);

/** A ws server. */
interface WsServer {
  readonly options: { verifyClient?: VerifyClient | null | undefined };
  on(event: 'connection', listener: (client: Client, request: object) => void): unknown;
}

/** The status code with which RFC 6455 closes a connection that violates a policy. */
const POLICY_VIOLATION = 1008;

export function isWsServer(server: object): server is WsServer {
  const { handleUpgrade, options } = server as Record<string, unknown>;
  return typeof handleUpgrade === 'function' && typeof options === 'object' && options !== null;
}

/** Refuses upgrades before there is a connection, after the server's own `verifyClient`, if it has one. */
export function protectWs(server: WsServer, admit: AdmitClient): void {
  const expiries = new WeakMap<object, number>();
  const earlier = server.options.verifyClient;
  server.options.verifyClient = (info: Upgrade, done: Done) => {
    verifyFirst(earlier, info, (admitted, ...answer) => {
      if (!admitted) return done(false, ...answer);
      admit(clientOf(info))
        .then((admission) => {
          if (admission.refused !== undefined) return refuse(admission.refused, done);
          if (admission.expiresAt !== undefined) expiries.set(info.req, admission.expiresAt);
          done(true);
        })
        .catch((error: unknown) => end(info, error));
    });
  };
  server.on('connection', (client, request) => {
    const expiresAt = expiries.get(request);
    if (expiresAt === undefined) return;
    const close = () => {
      endResultsOf(client);
      client.close(POLICY_VIOLATION, 'The credentials have expired');
    };
    client.once('close', atExpiry(expiresAt, close));
  });
}

function verifyFirst(earlier: VerifyClient | null | undefined, info: Upgrade, done: Done): void {
  if (typeof earlier !== 'function') return done(true);
  if (earlier.length === 2) return void earlier(info, done);
  done(Boolean((earlier as (info: Upgrade) => unknown)(info)));
}

/** A stand-in for the client, which does not exist before the upgrade: the request identifies both. */
function clientOf({ req }: Upgrade): object {
  const client = {};
  rememberUpgrade(client, req);
  return client;
}

/**
 * Ends an upgrade that threw after its client was admitted, as a listener of `connection` may: without the wait for
 * `admit` the error would have reached the server's `upgrade` handler.
 */
function end({ req }: Upgrade, error: unknown): void {
  logger.error(error);
  req.socket.destroy();
}

function refuse({ statusCode, message, error, challenges }: RefusedCall, done: Done): void {
  const body = JSON.stringify({ statusCode, message, error });
  done(false, statusCode, body, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(challenges.length > 0 && { 'WWW-Authenticate': challenges.join(', ') }),
  });
}
