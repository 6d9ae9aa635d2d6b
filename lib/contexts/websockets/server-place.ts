import { ConfigurationError } from '../../errors/configuration.error.js';
import { type GatewayOptions, gatewayOptions } from '../../policies/handler-kinds.js';
import { isWsServer } from './ws-server.js';

/** A server of socket.io or one of its namespaces, or a server of ws: what tells where clients find it. */
interface PlacedServer {
  /** Of a namespace. */
  readonly name?: unknown;
  /** Of a server of socket.io: its main namespace. */
  readonly sockets?: { readonly name?: unknown } | undefined;
  /** Of a server of socket.io a method; of one of ws what Nest wrote there. */
  readonly path?: unknown;
  /** Of a namespace: its server. */
  readonly server?: PlacedServer | undefined;
  /** Of ws. */
  readonly options?: { readonly path?: unknown; readonly port?: unknown } | undefined;
}

/** Where clients find the server that was given, and the gateway that was named. */
interface Places {
  readonly kind: 'namespace' | 'path';
  readonly given: unknown;
  readonly own: string | undefined;
}

/**
 * Refuses a server where nobody meets the gateway: the one where everybody does would stay open.
 *
 * @param place How the error calls whoever was given both.
 * @throws ConfigurationError naming both places.
 */
export function assertServes(server: object, gateway: Function, place: string): void {
  const options = gatewayOptions(gateway);
  if (options === undefined) return;
  const placed: PlacedServer = server;
  const places = isWsServer(server) ? placesOfWs(placed, options) : placesOfIO(placed, options);
  const differing = places.find(({ given, own }) => own !== undefined && !isAt(given, own));
  // What an adapter of its own leaves untold cannot be compared.
  if (typeof differing?.given !== 'string') return;
  const { kind, given, own } = differing;
  const { name } = gateway;
  throw new ConfigurationError(
    `${place}: the server is the ${kind} "${given}", and that of ${name} is "${own}": call protect(server, ${name}) in afterInit() of ${name}, with what that is given. If an adapter changes its place, declare that in @WebSocketGateway()`,
  );
}

/** An adapter may put all gateways behind a prefix. */
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

/** The name that socket.io gives to what serves a dynamic namespace: its clients are in namespaces of their own. */
const DYNAMIC = /^\/_\d+$/;

/** As socket.io names it; `undefined` where that cannot be told. */
function namespaceOf({ namespace }: GatewayOptions, given: unknown): string | undefined {
  if (!namespace) return '/';
  if (typeof namespace === 'string') return namespace.startsWith('/') ? namespace : `/${namespace}`;
  return DYNAMIC.test(String(given)) ? undefined : String(namespace);
}

function placesOfWs({ path, options }: PlacedServer, { namespace, path: own }: GatewayOptions) {
  // An adapter of its own makes something of it.
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

/** As Nest spells paths. */
function normal(path: string): string {
  return `/${path}`.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
