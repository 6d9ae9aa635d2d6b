/** What grpc-js's `Metadata` is known by. */
export interface GrpcMetadata {
  getMap(): Readonly<Record<string, unknown>>;
  get(name: string): readonly unknown[];
  add(name: string, value: string): void;
}

/** What grpc-js's calls have in common. */
export interface GrpcCall {
  readonly metadata: GrpcMetadata;
  /** The message, where there is one. */
  readonly request?: unknown;
  /** Of a call whose client streams: whether it has stopped. */
  readonly readableEnded?: boolean;
  emit(event: string, ...values: readonly unknown[]): unknown;
  once(event: string, listener: () => void): unknown;
}

/** How grpc-js is told of an error. */
export interface GrpcError {
  readonly code: number;
  readonly details: string;
  readonly metadata: GrpcMetadata;
}

/** By HTTP's status; whatever else fails is INTERNAL. */
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 429: 8, 503: 14 };
const INTERNAL = 13;

/** What gRPC lets a value be that is no bytes. */
const SENDABLE = /^[\x20-\x7E]+$/;

/**
 * The call among a handler's arguments, which are `[data, metadata, call]` or, of `@GrpcStreamCall`, `[call]` and a
 * callback where the answer is no stream.
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

/** What grpc-js keeps of a call: interceptors stand before what knows how it is answered. */
interface KeptCall {
  readonly handler?: { readonly type?: unknown };
  readonly nextCall?: KeptCall;
}

/** Whether one value answers a call; grpc-js gives every handler a stream to write to, also where nothing is streamed. */
export function isAnsweredOnce(call: GrpcCall): boolean {
  let kept = (call as { readonly call?: KeptCall }).call;
  while (kept !== undefined && kept.handler === undefined) kept = kept.nextCall;
  const type = kept?.handler?.type;
  return type === 'unary' || type === 'clientStream';
}

/**
 * Ends a call with an error, which grpc-js is the first to hear of.
 *
 * Nest 11's own listener throws, and so ends the process, where a client stopped sending before its handler ran.
 */
export function endWith(call: GrpcCall, error: unknown): void {
  try {
    call.emit('error', error);
  } catch (failure) {
    if (call.readableEnded !== true) throw failure;
  }
}

/** Each value of each name. */
export function grpcHeaders({ metadata }: GrpcCall): [string, unknown][] {
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).map((value): [string, unknown] => [name, value]),
  );
}

/** An error with challenges in its trailers, from the same copy of grpc-js as the call. */
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
