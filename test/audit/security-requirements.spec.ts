import { describe, expect, it } from 'vitest';
import { securityRequirements } from '../../lib/audit/security-requirements.js';
import { type Requirement } from '../../lib/requirements/requirement.js';
import { allOf, anonymous, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import { policyOf } from '../openapi/policy-of.js';

const validate = () => ({ user: 'johndoe' });
const tokenUrl = 'token';
const a = new APIKeyHeader({ schemeName: 'A', name: 'X-A', validate });
const b = new APIKeyHeader({ schemeName: 'B', name: 'X-B', validate });
const c = new HTTPBasic({ schemeName: 'C', validate });
const d = new HTTPBearer({ schemeName: 'D', validate });
const lenient = new HTTPBearer({ schemeName: 'Lenient', autoError: false, validate });
const items = new OAuth2PasswordBearer({
  schemeName: 'Items',
  tokenUrl,
  scopes: { items: 'Read your items.', me: 'Read your profile.' },
  validate,
});
const also = new OAuth2PasswordBearer({
  schemeName: 'Also',
  tokenUrl,
  scopes: { items: 'Read your items.' },
  validate,
});
const scopeless = new OAuth2PasswordBearer({ schemeName: 'Scopeless', tokenUrl, validate });
const unchecked = new HTTPBearer({ schemeName: 'Unchecked' });
const oidc = new OpenIdConnect({
  schemeName: 'Oidc',
  openIdConnectUrl: 'https://login.example/.well-known/openid-configuration',
  validate,
});

interface Row {
  name: string;
  requirement: Requirement;
  security: object[];
}

describe('A requirement in a document', () => {
  it.each<Row>([
    { name: 'a scheme', requirement: a, security: [{ A: [] }] },
    { name: 'anonymous', requirement: anonymous, security: [] },
    { name: 'anonymous in anyOf', requirement: anyOf(anonymous), security: [] },
    { name: 'anonymous twice', requirement: anyOf(anonymous, anonymous), security: [] },
    { name: 'optional(anonymous)', requirement: optional(anonymous), security: [] },
    { name: 'optional', requirement: optional(a), security: [{ A: [] }, {}] },
    { name: 'autoError: false', requirement: lenient, security: [{ Lenient: [] }, {}] },
    {
      name: 'autoError: false inside anyOf',
      requirement: anyOf(lenient, a),
      security: [{ Lenient: [] }, { A: [] }],
    },
    {
      name: 'anonymous first',
      requirement: anyOf(anonymous, a),
      security: [{}, { A: [] }],
    },
    { name: 'OR', requirement: anyOf(a, b), security: [{ A: [] }, { B: [] }] },
    { name: 'OR the other way', requirement: anyOf(b, a), security: [{ B: [] }, { A: [] }] },
    { name: 'OR of one', requirement: anyOf(a), security: [{ A: [] }] },
    { name: 'AND', requirement: allOf(a, b), security: [{ A: [], B: [] }] },
    { name: 'AND of one', requirement: allOf(a), security: [{ A: [] }] },
    {
      name: 'AND within OR',
      requirement: anyOf(allOf(a, b), c),
      security: [{ A: [], B: [] }, { C: [] }],
    },
    {
      name: 'OR within AND',
      requirement: allOf(a, anyOf(b, c)),
      security: [
        { A: [], B: [] },
        { A: [], C: [] },
      ],
    },
    {
      name: 'OR times OR',
      requirement: allOf(anyOf(a, b), anyOf(c, d)),
      security: [
        { A: [], C: [] },
        { A: [], D: [] },
        { B: [], C: [] },
        { B: [], D: [] },
      ],
    },
    {
      name: 'a scheme on both sides of a product',
      requirement: allOf(anyOf(a, b), anyOf(a, c)),
      security: [{ A: [] }, { A: [], C: [] }, { B: [], A: [] }, { B: [], C: [] }],
    },
    {
      name: 'three levels',
      requirement: optional(anyOf(allOf(a, anyOf(b, allOf(c, d))), anyOf(d))),
      security: [{ A: [], B: [] }, { A: [], C: [], D: [] }, { D: [] }, {}],
    },
    { name: 'OR of the same', requirement: anyOf(a, a), security: [{ A: [] }] },
    {
      name: 'the same AND in two orders',
      requirement: anyOf(allOf(a, b), allOf(b, a)),
      security: [{ A: [], B: [] }],
    },
    {
      name: 'optional twice',
      requirement: optional(optional(a)),
      security: [{ A: [] }, {}],
    },
    {
      name: 'duplicates of different depth',
      requirement: anyOf(a, allOf(a), anyOf(b, a)),
      security: [{ A: [] }, { B: [] }],
    },
  ])('is listed as alternatives in declared order: $name', ({ requirement, security }) => {
    expect(securityRequirements(policyOf(requirement), false)).toEqual(security);
  });

  it('names the schemes of an alternative in declared order', () => {
    const requirement = anyOf(allOf(b, a, c), allOf(d, a));

    expect(securityRequirements(policyOf(requirement), false).map(Object.keys)).toEqual([
      ['B', 'A', 'C'],
      ['D', 'A'],
    ]);
  });

  it('may use a scheme name that is also a property of every object', () => {
    const hostile = new APIKeyHeader({ schemeName: '__proto__', name: 'X-P' });

    expect(JSON.stringify(securityRequirements(policyOf(hostile), false))).toBe(
      '[{"__proto__":[]}]',
    );
  });
});

interface ScopeRow extends Row {
  scopes: string[];
  /** As OpenAPI 3.1 has it; `security` is as 3.0 has it. */
  latest: object[];
}

describe('A scope in a document', () => {
  const same = (row: Omit<ScopeRow, 'latest'>): ScopeRow => ({ ...row, latest: row.security });

  it.each<ScopeRow>([
    same({
      name: 'the scheme that declares it',
      requirement: items,
      scopes: ['items', 'me'],
      security: [{ Items: ['items', 'me'] }],
    }),
    same({
      name: 'an oauth2 scheme that declares none',
      requirement: scopeless,
      scopes: ['items'],
      security: [{ Scopeless: ['items'] }],
    }),
    same({
      name: 'an openIdConnect scheme',
      requirement: oidc,
      scopes: ['items'],
      security: [{ Oidc: ['items'] }],
    }),
    same({
      name: 'the declaring scheme beside schemes that could grant it',
      requirement: allOf(a, items, scopeless, oidc),
      scopes: ['items'],
      security: [{ A: [], Items: ['items'], Scopeless: [], Oidc: [] }],
    }),
    same({
      name: 'both schemes that declare it',
      requirement: allOf(items, also),
      scopes: ['items', 'me'],
      security: [{ Items: ['items', 'me'], Also: ['items'] }],
    }),
    same({
      name: 'each alternative on its own',
      requirement: anyOf(items, scopeless, also),
      scopes: ['items'],
      security: [{ Items: ['items'] }, { Scopeless: ['items'] }, { Also: ['items'] }],
    }),
    {
      name: 'an API key alone',
      requirement: a,
      scopes: ['admin'],
      security: [{ A: [] }],
      latest: [{ A: ['admin'] }],
    },
    {
      name: 'HTTP schemes',
      requirement: anyOf(c, d),
      scopes: ['x', 'y'],
      security: [{ C: [] }, { D: [] }],
      latest: [{ C: ['x', 'y'] }, { D: ['x', 'y'] }],
    },
    {
      name: 'every scheme that could grant what none declares',
      requirement: allOf(a, scopeless),
      scopes: ['items'],
      security: [{ A: [], Scopeless: ['items'] }],
      latest: [{ A: ['items'], Scopeless: ['items'] }],
    },
    {
      name: 'no scheme without validate',
      requirement: allOf(a, unchecked),
      scopes: ['items'],
      security: [{ A: [], Unchecked: [] }],
      latest: [{ A: ['items'], Unchecked: [] }],
    },
    {
      name: 'the others where the scheme with scopes does not declare it',
      requirement: allOf(also, a),
      scopes: ['items', 'admin'],
      security: [{ Also: ['items'], A: [] }],
      latest: [{ Also: ['items'], A: ['admin'] }],
    },
  ])('stands under $name', ({ requirement, scopes, security, latest }) => {
    const policy = policyOf(requirement, scopes);

    expect({
      '3.0': securityRequirements(policy, false),
      '3.1': securityRequirements(policy, true),
    }).toEqual({ '3.0': security, '3.1': latest });
  });

  it('is listed in the order of declaration, not of the scheme', () => {
    expect(securityRequirements(policyOf(items, ['me', 'items']), false)).toEqual([
      { Items: ['me', 'items'] },
    ]);
  });

  it('is listed once however often it is declared', () => {
    expect(securityRequirements(policyOf(items, ['me', 'items', 'me']), false)).toEqual([
      { Items: ['me', 'items'] },
    ]);
  });
});
