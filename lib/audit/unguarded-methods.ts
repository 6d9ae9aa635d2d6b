import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import type { ContextReader } from '../contexts/security-call.js';
import { carriesGuard } from '../policies/boot-checks.js';
import { handleConnection } from '../policies/connection.js';
import { gatewayPlace, OF_CONTROLLERS } from '../policies/handler-kinds.js';
import { problemOf } from '../policies/problems.js';
import {
  type Host,
  type HostMethod,
  isClassHost,
  methodsOf,
  prototypeOf,
  typeOf,
} from '../policies/route-handlers.js';
import { anonymous } from '../requirements/algebra.js';
import { classDeclarations } from '../requirements/declared-method.js';
import type { CalledHandlers } from './called-handlers.js';
import {
  areAllTold,
  isDeclaredOpen,
  isOfAnything,
  isPlain,
  nameOf,
  textOf,
  warningOf,
} from './guarded-methods.js';
import { isCallback, isCalledByPackage } from './unguarded-callbacks.js';

/** Metadata that Nest leaves on the class of any provider. */
const OF_ANY_CLASS =
  /^(?:__injectable__$|scope:options$|(?:self|optional):(?:paramtypes|properties_metadata)$)/;

/**
 * Warns of providers, and of methods of theirs, that carry the guard and that nothing of Nest calls as a handler.
 *
 * @param handlers Those of the application.
 * @param readers What reads its calls: if one does not say which methods it `handles`, others may be its.
 */
export function unguardedMethods(
  providers: readonly Host[],
  handlers: CalledHandlers,
  readers: readonly ContextReader[],
): string[] {
  const hosts = providers.filter((host) => isClassHost(host) && !isCalledByPackage(typeOf(host)));
  const methods = hosts.flatMap(methodsOf).filter((method) => isUncalled(method, handlers));
  const plain = [
    ...hosts.filter((host) => isService(host, handlers)).map((host) => typeOf(host).name),
    ...methods.filter((method) => carriesGuard(method.handler) && isPlain(method)).map(nameOf),
  ];
  const marked = methods.filter((method) => !isPlain(method));
  const misplaced = marked.filter(isOfController).map(nameOf);
  const unknown = marked.filter((method) => !isOfController(method)).map(nameOf);
  return [
    ...warningOf(
      'Never called, because Nest serves routes and message patterns of controllers alone',
      misplaced,
      'List their classes among the controllers of a module instead of its providers',
    ),
    ...(areAllTold(readers) ? ofUncalled(plain, unknown) : ofUnknown(plain)),
  ];
}

/** Whether a provider has a method that Nest would call if it were a controller. */
function isOfController({ controller, name, handler }: HostMethod): boolean {
  return OF_CONTROLLERS.some((recognise) => recognise(handler, controller, name) !== undefined);
}

function ofUncalled(plain: readonly string[], marked: readonly string[]): string[] {
  return [
    ...warningOf(
      'Not protected, because these are no handlers, and Nest runs guards for handlers alone',
      plain,
      'Remove @Security(...), and protect the handlers that lead there',
    ),
    ...warningOf(
      'Under @Security(...), but called by no transport that contexts of AuthModule.forRoot() knows',
      marked,
      'If a package calls them with guards, it is refused: add a reader that handles them, or @Public() if anybody may call them. If it runs none, nothing protects them: remove @Security(...), and protect what leads there',
    ),
  ];
}

/** Removing the guard could open what a reader reads that does not tell which methods it handles. */
function ofUnknown(plain: readonly string[]): string[] {
  return warningOf(
    'Protected only if a reader in contexts without handles reads their calls, as nothing else that boot knows calls them',
    plain,
    'Give that reader a handles() that names its methods. If it reads no calls of these, protect the handlers that lead there',
  );
}

/** Whether a method requires something of callers that nothing of Nest calls it for. */
function isUncalled(method: HostMethod, handlers: CalledHandlers): boolean {
  const { controller, handler, host } = method;
  const isMeant =
    carriesGuard(handler) ||
    // Of a class that has handlers too, the guard is meant for those.
    (carriesGuard(controller) && !methodsOf(host).some((other) => handlers.include(other)));
  return (
    isMeant &&
    !isCallback(method) &&
    !isConnection(method) &&
    !handlers.include(method) &&
    !isDeclaredOpen(method)
  );
}

/**
 * Whether a class requires something itself, and neither it nor a class that extends it has anything that may be called
 * by Nest or a package.
 */
function isService(host: Host, handlers: CalledHandlers): boolean {
  const type = typeOf(host);
  if (!Reflect.hasOwnMetadata(GUARDS_METADATA, type) || !carriesGuard(type)) return false;
  const isKnown = (key: unknown) => isOfAnything(key) || OF_ANY_CLASS.test(textOf(key));
  return (
    requiresSomething(type, host) &&
    (Reflect.getMetadataKeys(type) as unknown[]).every(isKnown) &&
    methodsOf(host).every((method) => isPlain(method) && !isCallback(method)) &&
    !handlers.areBelow(type)
  );
}

function requiresSomething(type: Function, host: Host): boolean {
  let isRequired = true;
  // What contradicts itself requires something, and stops no boot where it is not enforced.
  problemOf(() => {
    const declared = classDeclarations({ type, prototype: prototypeOf(host), name: '' });
    isRequired = declared.some(({ requirement }) => requirement !== anonymous);
  });
  return isRequired;
}

/** Whether a method is told of connections, which can be protected. */
function isConnection({ controller, name }: HostMethod): boolean {
  return name === handleConnection.name && gatewayPlace(controller) !== undefined;
}
