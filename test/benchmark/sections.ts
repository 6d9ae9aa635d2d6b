import { FIRST_SIGHT } from './cases.js';
import { fieldFindings, fieldTable } from './graphql/report.js';
import { grow, growthTable, growthTargets, type GrowthFinding } from './growth/measure.js';
import { loadTable, loadTargets, underLoad } from './http/measure.js';
import { expressVariants, fastifyVariants } from './http/variants.js';
import { importCosts, importTable } from './imports/measure.js';
import { growthFindings, growthTable as requestGrowthTable } from './in-process/growth-report.js';
import type { Measurement } from './in-process/measurement.js';
import { findings, findingsTable } from './in-process/report.js';
import { inFreshProcess, STEADY_HEAP } from './measure/child.js';
import { proofFindings, tokenFindings } from './instances/measure.js';
import { modelTable, proofTable, tokenTable } from './instances/report.js';
import type { Section } from './options.js';
import { NOT_MEASURED, ratioTargets, type Target, target } from './report/targets.js';

/** What a section found: for people, and for programs. */
export interface Report {
  readonly text: string;
  readonly results: unknown;
  readonly targets?: readonly Target[];
}

/** Each section's measurement, as thorough as the time it is given allows. */
export const sections: Readonly<Record<Section, (quick: boolean) => Promise<Report>>> = {
  guards,
  jwt,
  graphql,
  websockets,
  microservices,
  load,
  growth,
  instances,
  import: imports,
};

/** Of the hand-written guard: 1.05 x what accepted requests cost before rules, contexts and events. */
const ACCEPTED = {
  'bearer accepted': 0.44,
  'API key accepted': 0.42,
  'Basic accepted': 0.46,
  // No dearer than a hand-written guard that waits as well.
  'bearer accepted later': 1,
};

/** Of `jose` called by hand, with the same checks. */
const AT_FIRST_SIGHT = {
  [`${FIRST_SIGHT} HS256`]: 1.05,
  [`${FIRST_SIGHT} RS256`]: 1.05,
};

/** Of `jose` called by hand with the issuer's key set. */
const OF_KEY_SET = {
  [`${FIRST_SIGHT} RS256`]: 1.05,
  [`${FIRST_SIGHT} ES256`]: 1.05,
  [`${FIRST_SIGHT} EdDSA`]: 1.05,
};

const OURS_AT_FIRST_SIGHT = 'nestjs-security, JWT at first sight';
const OURS_OF_KEY_SET = 'nestjs-security, key set at first sight';

async function guards(quick: boolean): Promise<Report> {
  const references = ['near the limit', 'hand-written', 'passport'];
  const rounds = quick ? '200' : '1600';
  const answered = (when: 'at once' | 'later') =>
    inFreshProcess<Record<'guards' | 'growth', Measurement[]>>(
      'in-process/guards.js',
      [when, rounds],
      STEADY_HEAP,
    );
  // Apart, as promises are: each kind of scheme that a process has seen makes the code for the others slower.
  const measured = await answered('at once');
  const later = await answered('later');
  const found = findings([...measured.guards, ...later.guards], references, 'wall');
  const grown = growthFindings(measured.growth);
  const heading = "Guards, by Nest's own consumer: ns and bytes over no auth, per request";
  return {
    text: `${findingsTable(heading, found, references, 'wall')}\n${requestGrowthTable(grown)}`,
    results: { found, grown },
    targets: ratioTargets('guards', found, 'nestjs-security', 'hand-written', ACCEPTED),
  };
}

async function jwt(quick: boolean): Promise<Report> {
  const references = [
    'jose',
    'jose, CryptoKey',
    'jose, key set',
    'sha256 + Map',
    'passport-jwt, KeyObject',
  ];
  // Apart: where tokens are remembered too, hundreds of thousands of them, first sights are measured by what the
  // processor's cache has lost.
  const measured: Measurement[] = [];
  for (const sight of ['first', 'later']) {
    const args = [sight, quick ? '10' : '100'];
    measured.push(...(await inFreshProcess<Measurement[]>('in-process/jwt.js', args, STEADY_HEAP)));
  }
  const found = findings(measured, references, 'cpu');
  const heading =
    'JSON Web Tokens, ten in flight: CPU ns (all threads) and bytes over no auth, per request';
  return {
    text: findingsTable(heading, found, references, 'cpu'),
    results: found,
    targets: [
      ...ratioTargets('jwt', found, OURS_AT_FIRST_SIGHT, 'jose', AT_FIRST_SIGHT),
      ...ratioTargets('jwt', found, OURS_AT_FIRST_SIGHT, 'jose, CryptoKey', AT_FIRST_SIGHT),
      ...ratioTargets('jwt', found, OURS_OF_KEY_SET, 'jose, key set', OF_KEY_SET),
    ],
  };
}

async function graphql(quick: boolean): Promise<Report> {
  const cpu = await inFreshProcess<Record<string, number[]>>(
    'graphql/fields.js',
    [quick ? '30' : '300'],
    STEADY_HEAP,
  );
  const found = fieldFindings(cpu);
  return {
    text: fieldTable(found),
    results: found,
    targets: ratioTargets('graphql', found, 'nestjs-security', 'hand-written', { field: 1 }),
  };
}

async function load(quick: boolean): Promise<Report> {
  const plan = quick ? { warmUp: 1, cycles: 2 } : { warmUp: 4, cycles: 12 };
  const fastify = await underLoad(fastifyVariants, 'fastify', plan);
  const express = await underLoad(expressVariants, 'express', plan);
  return {
    text: [
      loadTable('Fastify under load: CPU microseconds of the server, per request', fastify),
      loadTable('Express under load, for what needs it', express),
    ].join('\n'),
    results: { fastify, express },
    targets: loadTargets(fastify),
  };
}

async function growth(quick: boolean): Promise<Report> {
  const found: GrowthFinding[] = [];
  for (const routes of quick ? [100, 1000] : [100, 1000, 10_000]) {
    found.push(...(await grow(routes, quick ? 1 : routes > 1000 ? 3 : 7)));
  }
  return { text: growthTable(found), results: found, targets: growthTargets(found) };
}

async function imports(quick: boolean): Promise<Report> {
  const costs = await importCosts(quick ? 5 : 15);
  return { text: importTable(costs), results: costs };
}

async function websockets(quick: boolean): Promise<Report> {
  const cases = { accepted: 1, refused: 1, 'JWT accepted': 1 };
  return messages('websockets', 'Messages of socket.io', cases, quick);
}

async function microservices(quick: boolean): Promise<Report> {
  return messages('microservices', 'Messages of TCP', { accepted: 1, refused: 1 }, quick);
}

/** @param cases The targets: how many times the hand-written guard each case may be. */
async function messages(
  section: Section,
  what: string,
  cases: Readonly<Record<string, number>>,
  quick: boolean,
): Promise<Report> {
  const references = ['hand-written', 'passport'];
  const measured = await inFreshProcess<Measurement[]>(
    `in-process/${section}.js`,
    [quick ? '200' : '1600'],
    STEADY_HEAP,
  );
  const found = findings(measured, references, 'wall');
  const heading = `${what}, by Nest's own consumer: ns and bytes over no auth`;
  const contender = 'nestjs-security';
  return {
    text: findingsTable(heading, found, references, 'wall'),
    results: found,
    targets: ratioTargets(section, found, contender, 'hand-written', cases),
  };
}

async function instances(quick: boolean): Promise<Report> {
  const sizes = quick ? [1, 2] : [1, 2, 4, 8];
  const proofs = await proofFindings(sizes, quick ? 100 : 500);
  const tokens = await tokenFindings(sizes, quick ? 400 : 2000, 100);
  return {
    text: [proofTable(proofs), tokenTable(tokens), modelTable()].join('\n'),
    results: { proofs, tokens },
    targets: [
      ...sizes.map((count, index) =>
        target(
          `instances: round trips of a DPoP proof, of ${count}`,
          1,
          proofs?.[index]?.roundTrips ?? NOT_MEASURED,
        ),
      ),
      ...tokens
        .filter(({ cache }) => cache)
        .map(({ instances: count, asked, expected }) =>
          target(`instances: questions by the model, of ${count}`, 1.05, asked / expected),
        ),
    ],
  };
}
