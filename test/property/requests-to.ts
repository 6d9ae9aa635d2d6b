import { Agent, request as httpRequest } from 'node:http';
import type { SchemeName, SentSpec } from './application-spec.js';
import { alternativesIn, askedOf, factsOf, type PredictedPolicy, type Whole } from './oracle.js';
import { canCarry, wireForm } from './random-schemes.js';

/** The requests that tell a route's policy from its neighbours. */
export function requestsTo(
  policy: PredictedPolicy | undefined,
  others: readonly SentSpec[],
): SentSpec[] {
  const nothing: SentSpec = { carried: [], grants: {} };
  const alternatives = (policy === undefined ? [] : alternativesIn(policy)).filter(
    ({ names }) => names.length > 0 && canCarry(names),
  );
  const telling = alternatives.flatMap((one) => requestsWith(one, policy!));
  const all = [nothing, ...telling, ...others];
  return [...new Map(all.map((sent) => [JSON.stringify(sent), sent])).values()];
}

function requestsWith(one: Whole, policy: PredictedPolicy): SentSpec[] {
  const alternative = one.names;
  const scopes = [...new Set(askedOf(policy, one).map(({ scope }) => scope))];
  const carrying = (granted: readonly string[], accepting = alternative): SentSpec => ({
    carried: alternative,
    grants: shared(accepting, granted),
  });
  return [
    carrying(scopes),
    ...alternative.flatMap((left) => {
      const rest = alternative.filter((name) => name !== left);
      return [carrying(scopes, rest), { carried: rest, grants: shared(rest, scopes) }];
    }),
    ...(one.asked.length > 0 ? scopes.map((scope) => carrying([scope])) : []),
    { carried: alternative, grants: Object.fromEntries(alternative.map((name) => [name, scopes])) },
    ...scopes.map((withheld) => carrying(scopes.filter((scope) => scope !== withheld))),
  ];
}

/** The scopes dealt out among the schemes, since they count together. */
function shared(names: readonly SchemeName[], scopes: readonly string[]): SentSpec['grants'] {
  const checking = names.filter((name) => factsOf(name).checks);
  return Object.fromEntries(
    checking.map((name, index) => [
      name,
      scopes.filter((_, position) => position % checking.length === index),
    ]),
  );
}

/** A client that keeps its connections. */
export class Client {
  private readonly agent = new Agent({ keepAlive: true });

  async send(
    url: string,
    method: string,
    path: string,
    sent: SentSpec,
  ): Promise<{ status: number; user?: unknown }> {
    const { query, headers } = wireForm(sent);
    const { status, body } = await new Promise<{ status: number; body: string }>(
      (resolve, reject) => {
        const options = { method, headers, agent: this.agent };
        const outgoing = httpRequest(`${url}${path}${query}`, options, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode!, body: text }));
        });
        outgoing.on('error', reject).end();
      },
    );
    if (status !== 200 && status !== 201) return { status };
    return { status: 200, user: (JSON.parse(body) as { user: unknown }).user };
  }

  close(): void {
    this.agent.destroy();
  }
}
