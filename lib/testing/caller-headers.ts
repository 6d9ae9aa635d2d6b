import { ACTOR_HEADER } from './actors.js';
import type { AttackAnswer } from './attack-report.js';
import { documentedSchemes, type SecuredDocument } from './documented-operation.js';
import { type ProbeCredentials, probeCredentials } from './probe-credentials.js';
import type { HeaderLine } from './raw-exchange.js';

/** The headers of a caller who is let in: credentials of the document's schemes, and others. */
export class CallerHeaders {
  readonly others: readonly HeaderLine[];
  private readonly all: readonly HeaderLine[];

  constructor(headers: Readonly<Record<string, string>>, document: SecuredDocument) {
    this.all = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const places = [...documentedSchemes(document).values()].flatMap(
      ({ scheme }) => probeCredentials(scheme) ?? [],
    );
    const names = places.map((place) =>
      place.in === 'header' ? place.name.toLowerCase() : place.in,
    );
    this.others = this.all.filter(
      ([name]) => !names.includes(name) && !name.startsWith(ACTOR_HEADER),
    );
  }

  /** Breaches for headers that look like credentials but that no scheme reads: a name may be misspelt. */
  unread(): AttackAnswer[] {
    return this.others
      .filter(([name]) => /api[-_]?key|access[-_]?token|^authorization$/.test(name))
      .map(([name]) => ({
        operation: 'any',
        kind: 'altered credentials',
        attack: name,
        answered: 'none',
        breach: 'is a header that no scheme of the document reads',
      }));
  }

  /** The good credentials of a scheme, if they are among the headers. */
  goodFor(place: ProbeCredentials): string | undefined {
    if (place.in === 'query') return undefined;
    const name = place.in === 'cookie' ? 'cookie' : place.name.toLowerCase();
    const value = this.all.find(([header]) => header === name)?.[1];
    if (value === undefined) return undefined;
    if (place.in === 'cookie') return cookie(value, place.name);
    const isOfScheme = place.name !== 'authorization' || wordOf(value) === wordOf(place.value);
    return isOfScheme ? value : undefined;
  }
}

function wordOf(authorization: string): string {
  return authorization.split(' ', 1)[0]!.toLowerCase();
}

function cookie(header: string, name: string): string | undefined {
  return header
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
