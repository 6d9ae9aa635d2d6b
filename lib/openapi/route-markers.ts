import type { OpenAPIObject } from '@nestjs/swagger';
import type { RouteHandler } from '../requirements/route-handlers.js';

/** `@nestjs/swagger`'s metadata keys; it does not export them. */
const EXTENSIONS = 'swagger/apiExtension';
const HEADERS = 'swagger/apiHeaders';

const HANDLER = 'x-nestjs-security-handler';
const CONTROLLER = 'nestjs-security-controller:';

/** An operation as `@nestjs/swagger` makes it. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * Marks every controller class and every handler while `create` runs, so that each operation of its document can be told apart.
 *
 * Names, paths and operation ids cannot do it: two classes may share each of them, and a base class's
 * handler. All metadata is put back as it was.
 */
export function withMarkers(
  routes: readonly RouteHandler[],
  create: () => OpenAPIObject,
): MarkedDocument {
  const controllers = [...new Set(routes.map(({ controller }) => controller))];
  const handlers = [...new Set(routes.map(({ handler }) => handler))];
  const markers = [
    ...controllers.map((controller, index) => headerMarker(controller, index)),
    ...handlers.map((handler, index) => extensionMarker(handler, index)),
  ];
  try {
    markers.forEach(({ key, target, marked }) => Reflect.defineMetadata(key, marked, target));
    return new MarkedDocument(create(), controllers, handlers);
  } finally {
    markers.forEach(restore);
  }
}

/** A document whose operations still carry their markers. */
export class MarkedDocument {
  constructor(
    readonly document: OpenAPIObject,
    private readonly controllers: readonly Function[],
    private readonly handlers: readonly Function[],
  ) {}

  /** Calls back with every operation, its markers removed, and where it comes from; what answers `false` is dropped. */
  filterOperations(
    visit: (operation: Operation, controller: Function, handler: Function) => boolean,
  ): void {
    const { paths, webhooks = {} } = this.document as OpenAPIObject & {
      webhooks?: OpenAPIObject['paths'];
    };
    for (const [items, path, item] of [paths, webhooks].flatMap(entriesOf)) {
      for (const [method, operation] of Object.entries(item)) {
        const handler = takeHandler(operation);
        const controller = takeController(operation);
        if (handler === undefined || controller === undefined) continue;
        if (!visit(operation, this.controllers[controller]!, this.handlers[handler]!)) {
          delete item[method];
        }
      }
      if (Object.keys(item).length === 0) delete items[path];
    }
  }
}

type Items = OpenAPIObject['paths'];

function entriesOf(items: Items): [Items, string, Record<string, Operation>][] {
  return Object.entries(items).map(([path, item]) => [
    items,
    path,
    item as Record<string, Operation>,
  ]);
}

function takeHandler(operation: Operation): number | undefined {
  const marked = operation as Operation & { [HANDLER]?: number };
  const index = marked[HANDLER];
  delete marked[HANDLER];
  return index;
}

function takeController({ parameters }: Operation): number | undefined {
  const names = parameters?.map((parameter) => ('name' in parameter ? parameter.name : '')) ?? [];
  const position = names.findIndex((name) => name.startsWith(CONTROLLER));
  if (position === -1) return undefined;
  parameters!.splice(position, 1);
  return Number(names[position]!.slice(CONTROLLER.length));
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
