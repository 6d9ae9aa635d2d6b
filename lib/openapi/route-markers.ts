import type { OpenAPIObject } from '@nestjs/swagger';
import { prototypeOf, type RouteHandler } from '../policies/route-handlers.js';
import { copyOf } from './copy-of.js';

/** The handler that an operation's markers identify. */
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
 * Names, paths and operation ids are ambiguous. Controllers that share a handler by inheritance are marked as well;
 * marks on every class would cost a third of the time of `@nestjs/swagger`. All metadata is restored afterwards.
 */
export function withMarkers(routes: readonly Route[], create: () => OpenAPIObject): MarkedDocument {
  const owners = ownersOf(routes);
  const handlers = [...owners.keys()];
  const shared = [...owners.values()].filter((owner) => Array.isArray(owner));
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

/** The handler of each function; a list where several controller classes share it. */
type Owners = ReadonlyMap<Function, MarkedHandler | MarkedHandler[]>;

function ownersOf(routes: readonly Route[]): Owners {
  const owners = new Map<Function, MarkedHandler | MarkedHandler[]>();
  for (const route of routes) {
    const documented = documentedOf(route);
    const known = owners.get(documented);
    if (known === undefined) owners.set(documented, route);
    else if ([known].flat().every(({ controller }) => controller !== route.controller)) {
      owners.set(documented, [known, route].flat());
    }
  }
  return owners;
}

/** The function that `@nestjs/swagger` reads metadata of: tracing and caching may have wrapped it since boot. */
function documentedOf({ host, name, handler }: Route): Function {
  return (prototypeOf(host) as Record<string, Function | undefined>)[name] ?? handler;
}

/** Where an operation comes from. */
interface Origin extends MarkedHandler {
  readonly method: string;
  readonly path: string;
}

/** A document whose operations still carry their markers. */
export class MarkedDocument {
  constructor(
    readonly document: OpenAPIObject,
    private readonly owners: Owners,
    private readonly handlers: readonly Function[],
    private readonly controllers: readonly Function[],
  ) {}

  /** A copy of the document without its operations. */
  copyWithoutOperations(): OpenAPIObject {
    const { webhooks } = this.document;
    return copyOf({ ...this.document, paths: {}, ...(webhooks && { webhooks: {} }) });
  }

  /**
   * Adds a copy of every operation, without its markers.
   *
   * @param visit Called with each operation that carries markers, and may change it; where it returns `false`, the
   * operation is left out.
   */
  copyOperations(
    document: OpenAPIObject,
    visit: (operation: Operation, origin: Origin) => boolean,
  ): void {
    const { paths, webhooks } = this.document;
    this.copyItems(paths, document.paths, visit);
    if (webhooks !== undefined) this.copyItems(webhooks, document.webhooks!, visit);
  }

  private copyItems(items: Items, copies: Items, visit: Visit): void {
    for (const path of Object.keys(items)) {
      const item = items[path] as Record<string, Operation>;
      const copy: Record<string, Operation> = {};
      for (const method of Object.keys(item)) {
        const operation = copyOf(item[method]!, HANDLER);
        const handler = this.handlerOf(item[method]!, operation);
        if (handler === undefined || visit(operation, { ...handler, method, path })) {
          copy[method] = operation;
        }
      }
      if (Object.keys(copy).length > 0) copies[path] = copy;
    }
  }

  private handlerOf(marked: Operation, copy: Operation): MarkedHandler | undefined {
    const controller =
      this.controllers.length === 0 ? undefined : this.controllers[takeController(copy)];
    const handler = this.handlers[(marked as { [HANDLER]?: number })[HANDLER] ?? NONE];
    const owner = handler && this.owners.get(handler);
    return Array.isArray(owner) ? owner.find((one) => one.controller === controller) : owner;
  }
}

type Visit = Parameters<MarkedDocument['copyOperations']>[1];

type Items = OpenAPIObject['paths'];

/** The index that `findIndex` returns where nothing is found. */
const NONE = -1;

function takeController({ parameters = [] }: Operation): number {
  const position = parameters.findIndex(
    (parameter) => 'name' in parameter && parameter.name.startsWith(CONTROLLER),
  );
  if (position === -1) return NONE;
  const [marker] = parameters.splice(position, 1) as { name: string }[];
  return Number(marker!.name.slice(CONTROLLER.length));
}

/** A metadata value with a marker in it, and the value that it replaced. */
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
