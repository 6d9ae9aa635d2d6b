/** The parts that are used of grpc-js's `Metadata`. */
export interface GrpcMetadata {
  getMap(): Readonly<Record<string, unknown>>;
  get(name: string): readonly unknown[];
  add(name: string, value: string): void;
}

/** The parts that are used of a grpc-js call. */
export interface GrpcCall {
  readonly metadata: GrpcMetadata;
  /** The message, unless the client streams. */
  readonly request?: unknown;
  /** Whether a client that streams has stopped sending. */
  readonly readableEnded?: boolean;
  emit(event: string, ...values: readonly unknown[]): unknown;
  once(event: string, listener: () => void): unknown;
}

/** An error, as grpc-js takes it. */
export interface GrpcError {
  readonly code: number;
  readonly details: string;
  readonly metadata: GrpcMetadata;
}

/** gRPC's codes by HTTP status; any other status is INTERNAL. */
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 429: 8, 503: 14 };
const INTERNAL = 13;

/** The values that gRPC allows for metadata that is text. */
const SENDABLE = /^[\x20-\x7E]+$/;

/**
 * The call among a handler's arguments. These are `[data, metadata, call]`; for `@GrpcStreamCall`, `[call]`, and a
 * callback where the answer is a single value.
 */
export function grpcCallOf(args: readonly unknown[]): GrpcCall | undefined {
  const call = args.length > 2 ? args[2] : args[0];
  return isGrpcCall(call) ? call : undefined;
}

function isGrpcCall(value: unknown): value is GrpcCall {
  if (typeof value !== 'object' || value === null) return false;
  const { metadata, getPeer, sendMetadata } = value as Record<string, unknown>;
  return (
    typeof getPeer === 'function' &&
    typeof sendMetadata === 'function' &&
    typeof (metadata as Partial<GrpcMetadata> | undefined)?.getMap === 'function'
  );
}

/** grpc-js's own object for a call: those of interceptors wrap the one that has the handler. */
interface KeptCall {
  readonly handler?: { readonly type?: unknown };
  readonly nextCall?: KeptCall;
}

/** Whether a call has a single answer. The call does not show it: grpc-js gives every handler a stream to write to. */
export function isAnsweredOnce(call: GrpcCall): boolean {
  let kept = (call as { readonly call?: KeptCall }).call;
  while (kept !== undefined && kept.handler === undefined) kept = kept.nextCall;
  const type = kept?.handler?.type;
  return type === 'unary' || type === 'clientStream';
}

/**
 * Ends a call with an error, which reaches grpc-js's listener before any other.
 *
 * Nest 11's listener throws, and would end the process, where a client stopped sending before its handler ran.
 */
export function endWith(call: GrpcCall, error: unknown): void {
  try {
    call.emit('error', error);
  } catch (failure) {
    if (call.readableEnded !== true) throw failure;
  }
}

/** The metadata of a call, with a line for each value. */
export function grpcHeaders({ metadata }: GrpcCall): [string, unknown][] {
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).map((value): [string, unknown] => [name, value]),
  );
}

/** Creates an error with challenges in its trailers, using the call's copy of grpc-js. */
export function grpcError(
  call: GrpcCall,
  {
    statusCode,
    message,
    challenges,
  }: { statusCode: number; message: string; challenges: readonly string[] },
): GrpcError {
  const Metadata = call.metadata.constructor as new () => GrpcMetadata;
  const metadata = new Metadata();
  for (const challenge of challenges) {
    if (SENDABLE.test(challenge)) metadata.add('www-authenticate', challenge);
  }
  return { code: CODES[statusCode] ?? INTERNAL, details: message, metadata };
}
