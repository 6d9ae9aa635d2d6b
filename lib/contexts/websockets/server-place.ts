import { ConfigurationError } from '../../errors/configuration.error.js';
import { type GatewayOptions, gatewayOptions, gatewayPort } from '../../policies/handler-kinds.js';
import { isWsServer } from './ws-server.js';

/** A call of `ConnectionGuard.protect()`. */
export interface Protection {
  readonly server: object;
  readonly gateway: Function;
  /** The call as it is written, for errors. */
  readonly call: string;
}

/** A socket.io server or namespace, or a ws server: the parts that tell where clients connect to it. */
interface PlacedServer {
  /** A namespace's name. */
  readonly name?: unknown;
  /** Of a server of socket.io: its main namespace. */
  readonly sockets?: { readonly name?: unknown } | undefined;
  /** Of a server of socket.io a method; of one of ws what Nest wrote there. */
  readonly path?: unknown;
  /** Of a namespace: its server. */
  readonly server?: PlacedServer | undefined;
  /** Of a server of socket.io. */
  readonly httpServer?: HttpServer | undefined;
  /** Of ws. */
  readonly options?: { readonly path?: unknown; readonly port?: unknown } | undefined;
}

interface HttpServer {
  address?(): unknown;
}

/** What Nest's adapters know of where their servers listen. */
interface ListeningAdapter {
  /** The application's own, for gateways without a port. */
  readonly httpServer?: unknown;
  /** Of ws: by port, the servers that share it. */
  readonly wsServersRegistry?: ReadonlyMap<number, readonly object[]>;
}

/** Where clients connect to the given server, and where to the named gateway. */
interface Places {
  readonly kind: 'namespace' | 'path';
  readonly given: unknown;
  readonly own: string | undefined;
}

/**
 * Refuses a server of another namespace or path than the gateway's: its own would stay unprotected.
 *
 * @throws ConfigurationError naming both places.
 */
export function assertServes({ server, gateway, call }: Protection): void {
  const differing = differingPlaces(server, gateway);
  if (differing === undefined) return;
  const { kind, given, own } = differing;
  const { name } = gateway;
  throw new ConfigurationError(
    `${call}: the server is the ${kind} "${given}", and that of ${name} is "${own}": call protect(server, ${name}) in afterInit() of ${name}, with what that is given. If an adapter changes its place, declare that in @WebSocketGateway()`,
  );
}

/** A namespace or path of a server that is not that of a gateway; `undefined` where there is none, or none is known. */
function differingPlaces(server: PlacedServer, gateway: Function): Places | undefined {
  const options = gatewayOptions(gateway);
  if (options === undefined) return undefined;
  const places = isWsServer(server) ? placesOfWs(server, options) : placesOfIO(server, options);
  const differing = places.find(({ given, own }) => own !== undefined && !isAt(given, own));
  // A custom adapter's server may not tell its place.
  return typeof differing?.given === 'string' ? differing : undefined;
}

/**
 * Refuses a server that is another gateway's than the named one, by its port.
 *
 * Where no gateway declares its port and its place, an adapter chose them, and it may be that of the named gateway.
 *
 * @param adapter The application's WebSocket adapter.
 * @param gateways All of the application.
 * @throws ConfigurationError naming both ports.
 */
export function assertListens(
  { server, gateway, call }: Protection,
  adapter: object,
  gateways: readonly Function[],
): void {
  const given = listeningPort(server, adapter);
  const own = gatewayPort(gateway);
  const isOf = (other: Function) =>
    gatewayPort(other) === given && differingPlaces(server, other) === undefined;
  if (given === own || !gateways.some(isOf)) return;
  const { name } = gateway;
  throw new ConfigurationError(
    `${call}: the server listens on ${portInWords(given!)}, and that of ${name} on ${portInWords(own)}: call protect(server, ${name}) in afterInit() of ${name}, with what that is given`,
  );
}

/** The port by which Nest asked its adapter for a server: 0 for the application's own, `undefined` if it is not known. */
function listeningPort(server: PlacedServer, adapter: ListeningAdapter): number | undefined {
  if (isWsServer(server)) {
    const shared = [...(adapter.wsServersRegistry ?? [])].find(([, all]) => all.includes(server));
    return shared?.[0] ?? ((server as PlacedServer).options?.port as number | undefined);
  }
  const { httpServer } = server.server ?? server;
  if (httpServer !== undefined && httpServer === adapter.httpServer) return 0;
  return (httpServer?.address?.() as { readonly port?: number } | null | undefined)?.port;
}

function portInWords(port: number): string {
  return port === 0 ? 'the port of the application' : `port ${port}`;
}

/** Whether a place is the gateway's; a custom adapter may put a prefix before all of them. */
function isAt(given: unknown, own: string): boolean {
  return given === own || (own !== '/' && String(given).endsWith(own));
}

function placesOfIO(server: PlacedServer, options: GatewayOptions): Places[] {
  const namespace = server.name ?? server.sockets?.name;
  const { path } = server.server ?? server;
  const given = typeof path === 'function' ? (path.call(server.server ?? server) as unknown) : path;
  return [
    { kind: 'namespace', given: namespace, own: namespaceOf(options, namespace) },
    { kind: 'path', given, own: options.path && options.path.replace(/\/$/, '') },
  ];
}

/** The name that socket.io gives to the parent of a dynamic namespace's children. */
const DYNAMIC = /^\/_\d+$/;

/** The gateway's namespace as socket.io names it; `undefined` where it is dynamic. */
function namespaceOf({ namespace }: GatewayOptions, given: unknown): string | undefined {
  if (!namespace) return '/';
  if (typeof namespace === 'string') return namespace.startsWith('/') ? namespace : `/${namespace}`;
  return DYNAMIC.test(String(given)) ? undefined : String(namespace);
}

function placesOfWs({ path, options }: PlacedServer, { namespace, path: own }: GatewayOptions) {
  // ws knows no namespaces: a custom adapter decides what becomes of it.
  if (namespace) return [];
  const every = typeof options?.port === 'number' ? '/' : undefined;
  const given = path ?? options?.path ?? every;
  const places: Places = {
    kind: 'path',
    given: given && normal(String(given)),
    own: normal(own ?? ''),
  };
  return [places];
}

/** Spells a path as Nest does. */
function normal(path: string): string {
  return `/${path}`.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
