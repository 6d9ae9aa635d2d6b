import { answerOf, type Judgement } from './attack-judge.js';
import type { AttackAnswer } from './attack-report.js';
import type { CallerHeaders } from './caller-headers.js';
import type { DocumentedOperation, DocumentedScheme } from './documented-operation.js';
import { type HostileRequest, withQuery } from './hostile-request.js';
import { placed } from './placed-credentials.js';
import { type ProbeCredentials, probeCredentials } from './probe-credentials.js';
import { THROTTLED } from './unreached-operations.js';

/** A request that should be let in, by the credentials of one alternative. */
export interface GoodRequest {
  readonly operation: DocumentedOperation;
  readonly request: HostileRequest;
  /** Where its credentials are, such as `header x-api-key`. */
  readonly places: readonly string[];
}

/** Requests with the caller's good credentials, one for each alternative that these satisfy. */
export function goodRequests(
  operations: readonly DocumentedOperation[],
  schemes: ReadonlyMap<string, DocumentedScheme>,
  caller: CallerHeaders,
): GoodRequest[] {
  const goodOf = (name: string): ProbeCredentials | undefined => {
    const place = probeCredentials(schemes.get(name)!.scheme);
    const value = place && caller.goodFor(place);
    return place && value !== undefined ? { ...place, value } : undefined;
  };
  return operations.flatMap((operation) =>
    operation.security.flatMap((requirement) => {
      const sent = Object.keys(requirement).map(goodOf);
      if (sent.length === 0 || sent.includes(undefined)) return [];
      const credentials = sent as ProbeCredentials[];
      const { headers, parameters } = placed(credentials);
      const target = withQuery(operation.target, parameters);
      const { method } = operation;
      const request: HostileRequest = {
        kind: 'altered credentials',
        attack: 'good',
        method,
        target,
        headers,
      };
      return [{ operation, request, places: credentials.map(placeName) }];
    }),
  );
}

/** Breaches for credentials that were accepted nowhere: attacks with altered ones would prove nothing. */
export function voidCredentials(
  tried: readonly { readonly good: GoodRequest; readonly judged: Judgement }[],
): AttackAnswer[] {
  // A 403, or a refusal by a later guard, shows that the credentials were accepted.
  const isGood = ({ answered, refusal }: Judgement) =>
    answered === 'lets in' || (refusal === undefined ? answered === '403' : !refusal.isFirst);
  const places = new Set(tried.flatMap(({ good }) => good.places));
  return [...places].flatMap((place) => {
    const sent = tried.filter(({ good }) => good.places.includes(place));
    if (sent.some(({ judged }) => isGood(judged))) return [];
    const throttled = sent.find(
      ({ judged: { answered, breach } }) => answered === THROTTLED && breach === undefined,
    );
    const { good, judged } = throttled ?? sent[0]!;
    return [
      {
        operation: `${good.operation.method} ${good.operation.path}`,
        kind: 'altered credentials' as const,
        attack: `${place}: as it was given`,
        ...answerOf(judged),
        ...(throttled === undefined && { breach: 'refuses credentials that were given as good' }),
      },
    ];
  });
}

function placeName({ in: place, name, value }: ProbeCredentials): string {
  const word = name === 'authorization' ? ` ${value.split(' ', 1)[0]!.toLowerCase()}` : '';
  return `${place} ${name.toLowerCase()}${word}`;
}
