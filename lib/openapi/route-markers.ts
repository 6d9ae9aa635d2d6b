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
  const restore = [
    ...controllers.map((controller, index) =>
      replace(HEADERS, controller, (headers: object[] = []) => [
        { in: 'header', name: `${CONTROLLER}${index}` },
        ...headers,
      ]),
    ),
    ...handlers.map((handler, index) =>
      replace(EXTENSIONS, handler, (extensions: object = {}) => ({
        ...extensions,
        [HANDLER]: index,
      })),
    ),
  ];
  try {
    return new MarkedDocument(create(), controllers, handlers);
  } finally {
    restore.forEach((undo) => undo());
  }
}

/** A document whose operations still carry their markers. */
export class MarkedDocument {
  constructor(
    readonly document: OpenAPIObject,
    private readonly controllers: readonly Function[],
    private readonly handlers: readonly Function[],
  ) {}

  /** Calls back with every operation, its markers removed, and where it comes from. */
  forEachOperation(
    visit: (operation: Operation, controller: Function, handler: Function) => void,
  ): void {
    const { paths, webhooks = {} } = this.document as OpenAPIObject & {
      webhooks?: OpenAPIObject['paths'];
    };
    for (const item of [...Object.values(paths), ...Object.values(webhooks)]) {
      for (const operation of Object.values(item as Record<string, Operation>)) {
        const handler = takeHandler(operation);
        const controller = takeController(operation);
        if (handler === undefined || controller === undefined) continue;
        visit(operation, this.controllers[controller]!, this.handlers[handler]!);
      }
    }
  }
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

function replace<T>(key: string, target: object, change: (value: T | undefined) => T): () => void {
  const own: unknown = Reflect.getOwnMetadata(key, target);
  Reflect.defineMetadata(key, change(Reflect.getMetadata(key, target) as T | undefined), target);
  return () => {
    if (own === undefined) Reflect.deleteMetadata(key, target);
    else Reflect.defineMetadata(key, own, target);
  };
}
