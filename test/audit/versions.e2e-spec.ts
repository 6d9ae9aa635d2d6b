import {
  Controller,
  Get,
  type INestApplication,
  Post,
  Version,
  VERSION_NEUTRAL,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import type { AuditedRoute } from '../../lib/audit/audited-route.js';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { adapters, createApp } from '../support/adapters.js';
import { key } from './audited-application.js';
import { table } from './table.js';

@Controller({ path: 'items', version: ['1', '2'] })
@Security(key)
class Items {
  @Get()
  list(): string {
    return 'Items.list';
  }
  @Get('one')
  @Version('4')
  @Public()
  one(): string {
    return 'Items.one';
  }
}

@Controller({ path: 'items', version: '3' })
@Public()
class ItemsOfThree {
  @Get()
  list(): string {
    return 'ItemsOfThree.list';
  }
}

@Controller({ path: 'any', version: VERSION_NEUTRAL })
@Security(key)
class AnyVersion {
  @Get()
  read(): string {
    return 'AnyVersion.read';
  }
  @Post()
  @Version([VERSION_NEUTRAL, '2'])
  write(): string {
    return 'AnyVersion.write';
  }
}

@Controller('plain')
class Plain {
  @Get()
  @Security(key)
  read(): string {
    return 'Plain.read';
  }
}

const controllers = [Items, ItemsOfThree, AnyVersion, Plain];
const module = { imports: [AuthModule.forRoot({ schemes: [key] })], controllers };

const versioned = (plain: string, ...more: string[]) => [
  `GET /any vneutral | AnyVersion.read | protected | Key | AnyVersion`,
  `POST /any vneutral, 2 | AnyVersion.write | protected | Key | AnyVersion`,
  'GET /items v1, 2 | Items.list | protected | Key | Items',
  'GET /items v3 | ItemsOfThree.list | public | anonymous | ItemsOfThree',
  'GET /items/one v4 | Items.one | public | anonymous | Items.one',
  `GET /plain${plain} | Plain.read | protected | Key | Plain.read`,
  ...more,
];

const inPath = (v: string, plain = '') => [
  'GET /any | AnyVersion.read | protected | Key | AnyVersion',
  'POST /any | AnyVersion.write | protected | Key | AnyVersion',
  ...(plain === '' ? ['GET /plain | Plain.read | protected | Key | Plain.read'] : []),
  `GET ${v}1/items | Items.list | protected | Key | Items`,
  `POST ${v}2/any | AnyVersion.write | protected | Key | AnyVersion`,
  `GET ${v}2/items | Items.list | protected | Key | Items`,
  `GET ${v}3/items | ItemsOfThree.list | public | anonymous | ItemsOfThree`,
  `GET ${v}4/items/one | Items.one | public | anonymous | Items.one`,
  ...(plain === '' ? [] : [`GET ${plain} | Plain.read | protected | Key | Plain.read`]),
];

interface Case {
  name: string;
  options: VersioningOptions | undefined;
  expected: string[];
  /** Nest's custom versioning never takes a neutral version in a list for one. */
  neutralInLists?: false;
  /** How a client asks for a version. */
  headers?: (version: string) => Record<string, string>;
}

const URI = VersioningType.URI as const;

const cases: Case[] = [
  { name: 'the URI', options: { type: URI }, expected: inPath('/v') },
  {
    name: 'the URI, with a default',
    options: { type: URI, defaultVersion: '5' },
    expected: inPath('/v', '/v5/plain'),
  },
  {
    name: 'the URI, with a prefix of its own',
    options: { type: URI, prefix: 'release-' },
    expected: inPath('/release-'),
  },
  {
    name: 'a header',
    options: { type: VersioningType.HEADER, header: 'X-Version' },
    headers: (version) => ({ 'X-Version': version }),
    expected: versioned(''),
  },
  {
    name: 'a header, with defaults',
    options: { type: VersioningType.HEADER, header: 'X-Version', defaultVersion: ['1', '9'] },
    headers: (version) => ({ 'X-Version': version }),
    expected: versioned(' v1, 9'),
  },
  {
    name: 'the media type',
    options: { type: VersioningType.MEDIA_TYPE, key: 'v=' },
    headers: (version) => ({ Accept: `application/json;v=${version}` }),
    expected: versioned(''),
  },
  {
    name: 'whatever the application says',
    options: {
      type: VersioningType.CUSTOM,
      extractor: (request) => (request as { headers: Record<string, string> }).headers['x'] ?? '',
      defaultVersion: VERSION_NEUTRAL,
    },
    neutralInLists: false,
    headers: (version) => ({ x: version }),
    expected: versioned(' vneutral'),
  },
];

/** Calls a route by each of its versions; `neutral` is served to those who ask for none. */
async function reached(url: string, route: AuditedRoute, { headers, neutralInLists }: Case) {
  const listed = route.version?.split(', ') ?? [''];
  const versions =
    listed.length > 1 && neutralInLists === false
      ? listed.filter((version) => version !== 'neutral')
      : listed;
  const answers = versions.map(async (version) => {
    const asks = version !== '' && version !== 'neutral';
    const response = await fetch(`${url}${route.path}`, {
      method: route.method,
      headers: { 'X-API-Key': 'good', ...(asks && headers?.(version)) },
    });
    return response.ok ? response.text() : `${response.status}`;
  });
  return Promise.all(answers);
}

describe.each(adapters)('AuthModule.audit with versions on $name', (adapter) => {
  it.each(cases)('in $name', async (versioning) => {
    const { options, expected } = versioning;
    const configure = (app: INestApplication) => app.enableVersioning(options);
    const { app, url } = await createApp(adapter, module, configure);
    const routes = AuthModule.audit(app);
    expect(table(routes)).toStrictEqual(expected);
    for (const route of routes) {
      expect(new Set(await reached(url, route, versioning))).toStrictEqual(
        new Set([`${route.controller}.${route.handler}`]),
      );
    }
    await app.close();
  });

  it('shows no version where versioning is off', async () => {
    const { app } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key] })],
      controllers: [Items, AnyVersion],
    });
    expect(table(AuthModule.audit(app))).toStrictEqual([
      'GET /any | AnyVersion.read | protected | Key | AnyVersion',
      'POST /any | AnyVersion.write | protected | Key | AnyVersion',
      'GET /items | Items.list | protected | Key | Items',
      'GET /items/one | Items.one | public | anonymous | Items.one',
    ]);
    await app.close();
  });
});
