import { isError } from '../errors/reason.js';

/** Codes for a service that cannot be reached just now. */
const CODES = new Set([
  // Node
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // undici
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  // PostgreSQL: connection exceptions, too many connections, shutting down and starting
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  // mysql2
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  // Prisma: not reached, timed out, closed by the server, no connection left
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  // jose
  'ERR_JWKS_TIMEOUT',
  // Our stores
  'store_unavailable',
]);

/** Names of errors that always mean an outage: of web standards, mongoose and its driver, ioredis, Knex, Sequelize. */
const NAMES =
  /^(TimeoutError|AbortError|Mongo(ose)?ServerSelectionError|Mongo(Network|NetworkTimeout|NotConnected|OperationTimeout|PoolCleared|PoolClosed|ServerClosed|TopologyClosed|WaitQueueTimeout|ClientClosed)Error|MaxRetriesPerRequestError|ClusterAllFailedError|KnexTimeoutError|Sequelize(Connection|Host)\w*Error)$/;

/** Messages of errors with neither such a code nor such a name. */
const MESSAGES = [
  // pg and its pool
  /^Connection terminated\b/,
  /^timeout (expired|exceeded when trying to connect)$/,
  /^Query read timeout$/,
  /^Client (has encountered a connection error and is|was closed and is) not queryable$/,
  // jose
  /^Expected 200 OK from the JSON Web Key Set HTTP response$/,
  // jsonwebtoken, where the function that looks keys up failed
  /^error in secret or public key callback: .*\b(E(CONN[A-Z]+|TIMEDOUT|HOSTUNREACH|AI_AGAIN)|ENOTFOUND)\b/,
  // TypeORM
  /^Driver not Connected$/,
  // Prisma
  /(^|\n)Can't reach database server at /,
  // ioredis
  /^Connection is closed\.$/,
  /^Command timed out$/,
  /^Stream isn't writeable and enableOfflineQueue options is false$/,
  /^None of startup nodes is available$/,
  // redis
  /^The client is (closed|offline)$/,
  /^Socket closed unexpectedly$/,
  /^Connection timeout$/,
  /^(LOADING|CLUSTERDOWN|MASTERDOWN) /,
  // mongoose
  /^Operation `.*` buffering timed out after \d+ms$/,
  /^Cannot call `.*` before initial connection is complete\b/,
];

/** How deep a chain of causes may be. */
const DEPTH = 5;

interface Failure extends Error {
  readonly code?: string | number;
  /** Of Prisma. */
  readonly errorCode?: string | number;
  /** Of TypeORM. */
  readonly driverError?: unknown;
  /** Of Sequelize. */
  readonly original?: unknown;
}

/** Whether an error, or what caused it, says that a dependency cannot be reached. */
export function isUnreachable(error: unknown, depth = DEPTH): boolean {
  if (!isError(error) || depth === 0) return false;
  const { code, errorCode, name, message } = error as Failure;
  if ([code, errorCode].some((value) => typeof value === 'string' && CODES.has(value))) return true;
  if (NAMES.test(name) || MESSAGES.some((pattern) => pattern.test(message))) return true;
  return causesOf(error).some((cause) => isUnreachable(cause, depth - 1));
}

function causesOf(error: Failure): unknown[] {
  const { cause, driverError, original } = error;
  const several: unknown = (error as Partial<AggregateError>).errors;
  return [cause, driverError, original, ...(Array.isArray(several) ? several : [])];
}
