import { fieldFindings, fieldTable } from './graphql/report.js';
import { grow, growthTable, type GrowthFinding } from './growth/measure.js';
import { loadTable, underLoad } from './http/measure.js';
import { expressVariants, fastifyVariants } from './http/variants.js';
import { importCosts, importTable } from './imports/measure.js';
import { growthFindings, growthTable as requestGrowthTable } from './in-process/growth-report.js';
import type { Measurement } from './in-process/measurement.js';
import { findings, findingsTable } from './in-process/report.js';
import { inFreshProcess, STEADY_HEAP } from './measure/child.js';
import type { Section } from './options.js';

/** What a section found: for people, and for programs. */
export interface Report {
  readonly text: string;
  readonly results: unknown;
}

/** Each section's measurement, as thorough as the time it is given allows. */
export const sections: Readonly<Record<Section, (quick: boolean) => Promise<Report>>> = {
  guards,
  jwt,
  graphql,
  load,
  growth,
  import: imports,
  websockets,
};

async function guards(quick: boolean): Promise<Report> {
  const references = ['near the limit', 'hand-written', 'passport'];
  const measured = await inFreshProcess<Record<'guards' | 'growth', Measurement[]>>(
    'in-process/guards.js',
    [quick ? '200' : '2000'],
    STEADY_HEAP,
  );
  const found = findings(measured.guards, references, 'wall');
  const grown = growthFindings(measured.growth);
  const heading = "Guards, by Nest's own consumer: ns and bytes over no auth, per request";
  return {
    text: `${findingsTable(heading, found, references, 'wall')}\n${requestGrowthTable(grown)}`,
    results: { found, grown },
  };
}

async function jwt(quick: boolean): Promise<Report> {
  const references = ['jose', 'jose, CryptoKey', 'sha256 + Map'];
  const measured = await inFreshProcess<Measurement[]>(
    'in-process/jwt.js',
    [quick ? '10' : '100'],
    STEADY_HEAP,
  );
  const found = findings(measured, references, 'cpu');
  const heading =
    'JSON Web Tokens, ten in flight: CPU ns (all threads) and bytes over no auth, per request';
  return { text: findingsTable(heading, found, references, 'cpu'), results: found };
}

async function graphql(quick: boolean): Promise<Report> {
  const cpu = await inFreshProcess<Record<string, number[]>>(
    'graphql/fields.js',
    [quick ? '30' : '300'],
    STEADY_HEAP,
  );
  const found = fieldFindings(cpu);
  return { text: fieldTable(found), results: found };
}

async function load(quick: boolean): Promise<Report> {
  const plan = quick ? { warmUp: 1, cycles: 2 } : { warmUp: 4, cycles: 16 };
  const fastify = await underLoad(fastifyVariants, 'fastify', plan);
  const express = await underLoad(expressVariants, 'express', plan);
  return {
    text: [
      loadTable('Fastify under load: CPU microseconds of the server, per request', fastify),
      loadTable('Express under load, for what needs it', express),
    ].join('\n'),
    results: { fastify, express },
  };
}

async function growth(quick: boolean): Promise<Report> {
  const found: GrowthFinding[] = [];
  for (const routes of quick ? [100, 1000] : [100, 1000, 10_000]) {
    found.push(...(await grow(routes, quick ? 1 : routes > 1000 ? 5 : 9)));
  }
  return { text: growthTable(found), results: found };
}

async function imports(quick: boolean): Promise<Report> {
  const costs = await importCosts(quick ? 5 : 15);
  return { text: importTable(costs), results: costs };
}

async function websockets(quick: boolean): Promise<Report> {
  const references = ['hand-written'];
  const measured = await inFreshProcess<Measurement[]>(
    'in-process/websockets.js',
    [quick ? '200' : '2000'],
    STEADY_HEAP,
  );
  const found = findings(measured, references, 'wall');
  const heading = "Messages of socket.io, by Nest's own consumer: ns and bytes over no auth";
  return { text: findingsTable(heading, found, references, 'wall'), results: found };
}
