import type { OpenAPIObject } from '@nestjs/swagger';
import { prototypeOf, type RouteHandler } from '../policies/route-handlers.js';

/** What is told of a handler by its markers. */
type MarkedHandler = Pick<RouteHandler, 'controller' | 'handler'>;

type Route = MarkedHandler & Pick<RouteHandler, 'name' | 'host'>;

/** `@nestjs/swagger`'s metadata keys; it does not export them. */
const EXTENSIONS = 'swagger/apiExtension';
const HEADERS = 'swagger/apiHeaders';

const HANDLER = 'x-nestjs-security-handler';
const CONTROLLER = 'nestjs-security-controller:';

/** An operation as `@nestjs/swagger` makes it. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * Marks every handler while `create` runs, so that each operation of its document can be told apart.
 *
 * Names, paths and operation ids cannot do it. Controllers that share a handler by inheritance are marked as
 * well; a mark on every class would cost `@nestjs/swagger` a third of its time. All metadata is put back as it was.
 */
export function withMarkers(routes: readonly Route[], create: () => OpenAPIObject): MarkedDocument {
  const owners = ownersOf(routes);
  const handlers = [...owners.keys()];
  const shared = [...owners.values()].filter(({ length }) => length > 1);
  const controllers = [...new Set(shared.flat().map(({ controller }) => controller))];
  const markers = [
    ...controllers.map((controller, index) => headerMarker(controller, index)),
    ...handlers.map((handler, index) => extensionMarker(handler, index)),
  ];
  try {
    markers.forEach(({ key, target, marked }) => Reflect.defineMetadata(key, marked, target));
    return new MarkedDocument(create(), owners, handlers, controllers);
  } finally {
    markers.forEach(restore);
  }
}

/** The handlers that each function is, one for each controller class. */
type Owners = ReadonlyMap<Function, readonly MarkedHandler[]>;

function ownersOf(routes: readonly Route[]): Owners {
  const owners = new Map<Function, MarkedHandler[]>();
  for (const route of routes) {
    const known = owners.get(documentedOf(route)) ?? [];
    owners.set(documentedOf(route), known);
    if (!known.some(({ controller }) => controller === route.controller)) known.push(route);
  }
  return owners;
}

/** What `@nestjs/swagger` reads: tracing and caching may have wrapped it since boot. */
function documentedOf({ host, name, handler }: Route): Function {
  return (prototypeOf(host) as Record<string, Function | undefined>)[name] ?? handler;
}

/** A document whose operations still carry their markers. */
export class MarkedDocument {
  constructor(
    readonly document: OpenAPIObject,
    private readonly owners: Owners,
    private readonly handlers: readonly Function[],
    private readonly controllers: readonly Function[],
  ) {}

  /** Calls back with every operation, its markers removed, and where it comes from; what answers `false` is dropped. */
  filterOperations(
    visit: (
      operation: Operation,
      controller: Function,
      handler: Function,
      method: string,
      path: string,
    ) => boolean,
  ): void {
    const { paths, webhooks = {} } = this.document as OpenAPIObject & { webhooks?: Items };
    for (const items of [paths, webhooks]) {
      for (const path of Object.keys(items)) {
        const item = items[path] as Record<string, Operation>;
        for (const method of Object.keys(item)) {
          const [controller, handler] = this.takeMarkers(item[method]!);
          if (controller === undefined || handler === undefined) continue;
          if (!visit(item[method]!, controller, handler, method, path)) delete item[method];
        }
        if (Object.keys(item).length === 0) delete items[path];
      }
    }
  }

  private takeMarkers(operation: Operation): [controller?: Function, handler?: Function] {
    const controller = this.controllers[takeController(operation)];
    const handler = this.handlers[takeHandler(operation)];
    if (handler === undefined) return [];
    const owners = this.owners.get(handler)!;
    const owner =
      owners.length === 1 ? owners[0] : owners.find((one) => one.controller === controller);
    return owner === undefined ? [] : [owner.controller, owner.handler];
  }
}

type Items = OpenAPIObject['paths'];

/** No index of any list. */
const NONE = -1;

function takeHandler(operation: Operation): number {
  const marked = operation as Operation & { [HANDLER]?: number };
  const index = marked[HANDLER] ?? NONE;
  delete marked[HANDLER];
  return index;
}

function takeController({ parameters = [] }: Operation): number {
  const position = parameters.findIndex(
    (parameter) => 'name' in parameter && parameter.name.startsWith(CONTROLLER),
  );
  if (position === -1) return NONE;
  const [marker] = parameters.splice(position, 1) as { name: string }[];
  return Number(marker!.name.slice(CONTROLLER.length));
}

/** A metadata value with a marker in it, and what stood there before. */
interface Marker {
  readonly key: string;
  readonly target: object;
  readonly own: unknown;
  readonly marked: unknown;
}

function headerMarker(controller: Function, index: number): Marker {
  const headers: object[] = Reflect.getMetadata(HEADERS, controller) ?? [];
  const marked = [{ in: 'header', name: `${CONTROLLER}${index}` }, ...headers];
  return {
    key: HEADERS,
    target: controller,
    own: Reflect.getOwnMetadata(HEADERS, controller),
    marked,
  };
}

function extensionMarker(handler: Function, index: number): Marker {
  const own: object | undefined = Reflect.getOwnMetadata(EXTENSIONS, handler);
  return { key: EXTENSIONS, target: handler, own, marked: { ...own, [HANDLER]: index } };
}

function restore({ key, target, own }: Marker): void {
  if (own === undefined) Reflect.deleteMetadata(key, target);
  else Reflect.defineMetadata(key, own, target);
}
