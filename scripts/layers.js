// @ts-check
// Writes .oxlintrc.json from the table below. With --check it writes nothing, and fails where the file is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** From the top of the house to its ground: a room may import those of its own row, unless they are entry points, and all below. */
const LAYERS = [
  ['openapi', 'testing', 'cli'],
  ['auth.module'],
  ['guards', 'decorators', 'audit', 'protected-resource'],
  ['contexts', 'policies', 'token-endpoint', 'auth.options'],
  ['requirements', 'rules', 'passport'],
  ['schemes'],
  ['errors'],
  ['protocol'],
];

/** Rooms beside the house, each with all that it may import. */
const OUTBUILDINGS = {
  tokens: ['errors', 'protocol', 'stores'],
  redis: ['protocol', 'stores'],
  'api-keys': ['errors', 'protocol', 'schemes'],
  stores: [],
  migrate: [],
  schematics: ['migrate'],
};

/** Rooms beside the house that one of its rooms opens. */
const DOORS = { cli: ['migrate'] };

/** Entry points within a room, which other users of the room must not load. They may use the guard. */
const TRANSPORTS = ['graphql', 'websockets', 'microservices', 'mcp'];

/** Packages that one room alone may import, so that only its users need them. */
const PEERS = {
  '@nestjs/swagger': 'openapi',
  jose: 'tokens',
  typescript: 'migrate',
  '@nestjs/graphql': 'contexts/graphql',
  '@nestjs/websockets': 'contexts/websockets',
  '@nestjs/microservices': 'contexts/microservices',
  '@rekog/mcp-nest': 'contexts/mcp',
};

/** What else a room may not import, or all it may. */
const PACKAGES = {
  protocol: only(
    "lib/protocol is pure text handling: it may import Node's built-ins and itself only.",
  ),
  stores: only("lib/stores may import Node's built-ins and itself only."),
  errors: only(
    'lib/errors may import @nestjs/common and lib/protocol only.',
    '@nestjs/common',
    '../protocol/**',
  ),
  schemes: deny(
    ['@nestjs/**', '!@nestjs/common'],
    'lib/schemes may import no more of Nest than @nestjs/common.',
  ),
  tokens: deny(
    ['@nestjs/**', '!@nestjs/common'],
    'lib/tokens knows no more of Nest than its exceptions.',
  ),
};

const CONFIGURATION = {
  $schema: './node_modules/oxlint/configuration_schema.json',
  plugins: ['typescript', 'unicorn', 'oxc', 'import'],
  categories: { correctness: 'error' },
  env: { node: true },
  rules: { 'typescript/no-explicit-any': 'error', 'import/no-cycle': 'error' },
  ignorePatterns: ['node_modules', 'dist', 'build', 'coverage'],
  overrides: [
    {
      files: ['lib/**/*.ts'],
      rules: {
        'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
        'max-lines-per-function': ['error', { max: 30 }],
      },
    },
    ...LAYERS.flat().map((room) => override(room, roomsBelow(room))),
    ...TRANSPORTS.map((name) =>
      override(`contexts/${name}`, ['guards', ...roomsBelow('contexts')]),
    ),
    ...Object.entries(OUTBUILDINGS).map(([room, rooms]) => override(room, rooms)),
    {
      files: ['sample/**'],
      rules: restricted(
        deny(
          ['**/lib/**', '**/dist/**'],
          'Samples import the library as an application does: by its package name.',
        ),
      ),
    },
  ],
};

await write('.oxlintrc.json', JSON.stringify(CONFIGURATION));

/** @param {string} room */
function roomsBelow(room) {
  const row = LAYERS.findIndex((rooms) => rooms.includes(room));
  const besides = row === 0 ? [] : (LAYERS[row] ?? []);
  const doors = DOORS[/** @type {keyof DOORS} */ (room)] ?? [];
  const below = [...besides, ...LAYERS.slice(row + 1).flat(), ...doors];
  return below.filter((other) => other !== room);
}

/**
 * @param {string} room
 * @param {readonly string[]} rooms All that it may import besides itself.
 */
function override(room, rooms) {
  const isRoot = room === 'auth.module';
  return {
    files: [isRoot ? 'lib/*.ts' : `lib/${room}/**`],
    rules: restricted(
      isRoot ? noOtherRooms(rooms) : otherRooms(room, rooms),
      ...(PACKAGES[/** @type {keyof PACKAGES} */ (room)]
        ? [PACKAGES[/** @type {keyof PACKAGES} */ (room)]]
        : []),
      ...Object.entries(PEERS)
        .filter(([, owner]) => owner !== room)
        .map(([name, owner]) =>
          deny([name, `${name}/**`], `Only lib/${owner} may import ${name}.`),
        ),
      deny(
        ['nestjs-security', 'nestjs-security/**'],
        'Inside lib, import the file that defines it.',
      ),
    ),
  };
}

/**
 * @param {string} room
 * @param {readonly string[]} rooms
 */
function otherRooms(room, rooms) {
  const up = '../'.repeat(room.split('/').length);
  const allowed = rooms.map((name) =>
    name === 'auth.module'
      ? `!${up}auth.*`
      : name === 'auth.options'
        ? `!${up}auth.options.js`
        : `!${up}${name}/**`,
  );
  const transports = rooms.includes('contexts')
    ? TRANSPORTS.map((name) => `${up}contexts/${name}/**`)
    : [];
  const names = rooms.map((name) => `lib/${name}`).join(', ') || 'no other room';
  return deny([`${up}**`, ...allowed, ...transports], `lib/${room} may import ${names} only.`);
}

/** @param {readonly string[]} rooms */
function noOtherRooms(rooms) {
  const others = [...LAYERS.flat(), ...Object.keys(OUTBUILDINGS)].filter(
    (name) => name !== 'auth.module' && !rooms.includes(name),
  );
  const entryPoints = [...others, ...TRANSPORTS.map((name) => `contexts/${name}`)];
  return deny(
    entryPoints.map((name) => `./${name}/**`),
    'The main entry point may not load the other entry points.',
  );
}

/**
 * @param {readonly string[]} group
 * @param {string} message
 */
function deny(group, message) {
  return { group, message };
}

/**
 * @param {string} message
 * @param {readonly string[]} allowed
 */
function only(message, ...allowed) {
  return deny(['*', '!node:*', '!./*', '!./**', ...allowed.map((name) => `!${name}`)], message);
}

/** @param {readonly { group: readonly string[], message: string }[]} patterns */
function restricted(...patterns) {
  return { 'no-restricted-imports': ['error', { patterns }] };
}

/**
 * @param {string} path
 * @param {string} json
 */
async function write(path, json) {
  const text = await format(json, { ...(await resolveConfig(path)), filepath: path });
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${path} is not what scripts/layers.js says: run "node scripts/layers.js"`);
    process.exitCode = 1;
  }
}
