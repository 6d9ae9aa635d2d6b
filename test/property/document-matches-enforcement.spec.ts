import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { createDocument } from '../../lib/openapi/index.js';
import { expectDocumentMatchesEnforcement } from '../../lib/testing/index.js';
import type { ApplicationSpec, NamedRoute, Verb } from './application-spec.js';
import { application, isInvalid, isValid } from './arbitrary-application.js';
import { boot, pathsOf } from './build-application.js';
import { answerTo, policyOf, routesOf, securityOf } from './oracle.js';
import { credentialText } from './random-schemes.js';
import { Client, requestsTo } from './requests-to.js';

const RUNS = 800;
/** Set SEED to the number of a failed run to repeat it. */
const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

const client = new Client();
afterAll(() => client.close());

const count = { applications: 0, booted: 0, refused: 0, operations: 0, requests: 0 };

it(
  'random applications: documents and answers are what the rules say',
  { timeout: 600_000 },
  async () => {
    console.log(`SEED=${SEED}`);
    await fc.assert(fc.asyncProperty(application, check), { seed: SEED, numRuns: RUNS });
    console.log(
      Object.entries(count)
        .map(([name, number]) => `${number} ${name}`)
        .join(', '),
    );
    expect(count.booted).toBeGreaterThanOrEqual(RUNS / 2);
    expect(count.refused).toBeGreaterThanOrEqual(20);
    expect(count.requests).toBeGreaterThan(count.operations);
  },
);

async function check(spec: ApplicationSpec): Promise<void> {
  count.applications++;
  const wrong = routesOf(spec).filter((route) => isInvalid(spec, route));
  // A default counts though no route is under it: some may be tomorrow.
  const isDefaultGood = spec.security === undefined || isValid(spec.security);
  if (wrong.length > 0 || !isDefaultGood) return checkRefused(spec, wrong);
  const app = await boot(spec);
  try {
    count.booted++;
    const document = createDocument(app, configOf(spec));
    const operations = documented(document.paths);
    count.operations += Object.keys(operations).length;
    expect(operations).toStrictEqual(predicted(spec));
    count.requests += await expectDocumentMatchesEnforcement(app, document);
    await checkAnswers(spec, app);
  } finally {
    await app.close();
  }
}

async function checkRefused(spec: ApplicationSpec, wrong: readonly NamedRoute[]): Promise<void> {
  count.refused++;
  const error: unknown = await boot(spec).then(
    async (app) => {
      await app.close();
      return 'booted';
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  for (const { className, method } of wrong) {
    expect((error as ConfigurationError).message).toContain(`${className}.${method.name} `);
  }
}

function configOf({ openapi, documentDefault }: ApplicationSpec) {
  const builder = new DocumentBuilder().setOpenAPIVersion(openapi);
  if (documentDefault) builder.addSecurityRequirements('HeaderKey');
  return builder.build();
}

/** The methods that `@All()` is documented with. */
const ALL = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'SEARCH'];

const methodsOf = (verb: Verb) => (verb === 'ALL' ? ALL : [verb]);

/** The whole `security` of every operation, as text: its order counts. */
function predicted(spec: ApplicationSpec): Record<string, string | undefined> {
  return sorted(
    routesOf(spec).flatMap((route) => {
      const policy = policyOf(spec, route);
      // What is closed to everybody is documented to nobody.
      if (policy === undefined && spec.undeclared === 'deny') return [];
      const security = JSON.stringify(securityOf(policy, spec));
      return pathsOf(spec, route).flatMap((path) =>
        methodsOf(route.route.verb).map((method) => [`${method} ${path}`, security] as const),
      );
    }),
  );
}

function documented(paths: Record<string, object>): Record<string, string | undefined> {
  return sorted(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { security?: object[] }>).map(
        ([method, { security }]) =>
          [`${method.toUpperCase()} ${path}`, JSON.stringify(security)] as const,
      ),
    ),
  );
}

function sorted(entries: (readonly [string, string | undefined])[]) {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function checkAnswers(spec: ApplicationSpec, app: INestApplication): Promise<void> {
  const url = await app.getUrl();
  for (const route of routesOf(spec)) {
    const policy = policyOf(spec, route);
    const method = route.route.verb === 'ALL' ? 'GET' : route.route.verb;
    const paths = pathsOf(spec, route);
    for (const [index, sent] of requestsTo(policy, spec.requests).entries()) {
      const path = paths[index % paths.length]!;
      const expected = answerTo(policy, sent, spec);
      // A scheme without `validate` has its credentials for a user.
      const answer =
        expected.user === 'Plain' ? { ...expected, user: credentialText(sent) } : expected;
      count.requests++;
      expect(
        await client.send(url, method, path, sent),
        `${method} ${path} carrying ${JSON.stringify(sent)}`,
      ).toStrictEqual(answer);
    }
  }
}
