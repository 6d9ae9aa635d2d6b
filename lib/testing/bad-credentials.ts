import type { CallerHeaders } from './caller-headers.js';
import type { DocumentedOperation, DocumentedScheme } from './documented-operation.js';
import { type HostileRequest, withQuery } from './hostile-request.js';
import { alteredValues, type HostileValue, hostileValues } from './hostile-values.js';
import { besideBelieved } from './hostile-detours.js';
import { isClosed, schemesNamedBy } from './operation-security.js';
import { parsedShapes } from './query-spellings.js';
import { placed } from './placed-credentials.js';
import { type ProbeCredentials, probeCredentials } from './probe-credentials.js';
import type { HeaderLine } from './raw-exchange.js';

/**
 * Requests with bad credentials, where an operation takes them.
 *
 * @param isChecked Whether a scheme is meant to tell good credentials from others.
 */
export function badCredentials(
  operation: DocumentedOperation,
  schemes: ReadonlyMap<string, DocumentedScheme>,
  caller: CallerHeaders,
  isChecked: (schemeName: string) => boolean,
): HostileRequest[] {
  const places = schemesNamedBy(operation)
    .filter(isChecked)
    .flatMap((name) => probeCredentials(schemes.get(name)!.scheme) ?? []);
  return places.flatMap((place) => {
    const good = caller.goodFor(place);
    const altered = good === undefined ? [] : alteredValues(good);
    return [
      ...hostileValues(place)
        .filter(({ isEmpty = false }) => !isEmpty || isClosed(operation))
        .map((value) => carrying(operation, place, value, 'bad credentials')),
      ...altered.map((value) => carrying(operation, place, value, 'altered credentials')),
      ...(isClosed(operation)
        ? [...listsAndObjects(operation, place), ...besideBelieved(madeUp(operation, place))]
        : []),
    ];
  });
}

function carrying(
  { method, target }: DocumentedOperation,
  place: ProbeCredentials,
  { attack, value, secret }: HostileValue,
  kind: HostileRequest['kind'],
): HostileRequest {
  const { headers, parameters } = placed([{ ...place, value }]);
  return {
    kind,
    attack: `${place.in === 'header' ? place.name : `${place.in} ${place.name}`}: ${attack}`,
    method,
    target: withQuery(target, parameters),
    headers: headers as readonly HeaderLine[],
    // An answer may repeat the URL.
    ...(secret !== undefined && place.in !== 'query' && { secret }),
  };
}

/**
 * Made-up credentials beside headers of a proxy: an application may trust what these say of a caller more than the
 * credentials.
 */
function madeUp(operation: DocumentedOperation, place: ProbeCredentials): HostileRequest {
  const made = hostileValues(place).find(({ attack }) => attack === 'made up')!;
  return carrying(operation, place, made, 'a header of a proxy');
}

/** Parameters that query parsers turn into lists and objects. */
function listsAndObjects(
  { method, target }: DocumentedOperation,
  { in: place, name }: ProbeCredentials,
): HostileRequest[] {
  if (place !== 'query') return [];
  return parsedShapes(name).map((parameter) => ({
    kind: 'bad credentials',
    attack: parameter,
    method,
    target: withQuery(target, [parameter]),
    headers: [],
  }));
}
