import {
  BadGatewayException,
  BadRequestException,
  ForbiddenException,
  HttpException,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import {
  InsufficientScopeException,
  InvalidRequestException,
  InvalidTokenException,
  NotAuthenticatedException,
} from 'nestjs-security';
import {
  accepted,
  type Answer,
  invalidCredentials,
  invalidToken,
  notAuthenticated,
  serverError,
  unavailable,
} from '../support/answer.js';

export const WRONG = 'Bearer error="invalid_token"';
export const throwing = (error: unknown) => () => {
  throw error;
};
const coded = (code: string, options?: ErrorOptions) =>
  Object.assign(new Error('secret detail', options), { code });
const http = (status: number, body: unknown): Answer => ({ status, challenges: [], body });
const unreachable = coded('ECONNREFUSED');

/** What validate does, and the answer to it. */
export type Row = [what: string, act: () => unknown, answer: Answer];

/** What validate may return, and should not. */
export const returning: Row[] = [
  ...[null, undefined, false, 0, '', Number.NaN, 0n].map((value): Row => [
    `returns ${String(value) || "''"}`,
    () => value,
    invalidCredentials(WRONG),
  ]),
  ...[
    {},
    'x',
    true,
    1,
    [],
    ['john'],
    { user: null },
    { user: undefined },
    { user: false },
    { scopes: ['a'] },
    () => ({ user: 1 }),
    Object.assign(() => 1, { user: 'john' }),
    Symbol('x'),
    { user: 'john', expiresAt: Date.now() + 60_000 },
    { user: 'john', expiresAt: Number.NaN },
    { user: 'john', expiresAt: 'soon' },
    { user: 'john', expiresAt: new Date() },
  ].map((value, index): Row => [`returns junk (${index})`, () => value, serverError]),
  ...[
    { user: 'john' },
    { user: 0 },
    { user: '' },
    { user: 'john', scopes: 'junk' },
    { user: 'john', expiresAt: Date.now() / 1000 + 86_400 },
    // The last second of the year 9999.
    { user: 'john', expiresAt: 253_402_300_799 },
    { user: 'john', expiresAt: Infinity },
  ].map((value): Row => [`returns ${JSON.stringify(value)}`, () => value, accepted('handled')]),
  ['returns what cannot be read', () => unreadable(new Error('secret detail')), serverError],
  [
    'returns what refuses when it is read',
    () => unreadable(new InvalidTokenException()),
    invalidCredentials(WRONG),
  ],
  ['returns a then() that throws', thenable(throwing(new Error('secret'))), serverError],
  [
    'returns a then() that refuses',
    thenable(throwing(new InvalidTokenException())),
    invalidCredentials(WRONG),
  ],
  [
    'returns a then() that accepts twice',
    thenable((accept) => {
      accept({ user: 'john' });
      accept(null);
    }),
    accepted('handled'),
  ],
  [
    'returns a then() that refuses, then accepts',
    thenable((accept, fail) => {
      fail(new InvalidTokenException());
      accept({ user: 'john' });
    }),
    invalidCredentials(WRONG),
  ],
  [
    'returns a then() that accepts, then throws',
    thenable((accept) => {
      accept({ user: 'john' });
      throw new Error('secret');
    }),
    accepted('handled'),
  ],
];

type Settle = (accept: (value: unknown) => void, fail: (error: unknown) => void) => void;

function thenable(then: Settle): () => object {
  // oxlint-disable-next-line unicorn/no-thenable -- what some libraries return in place of a promise.
  return () => ({ then });
}

/** An answer whose user is an accessor, which throws. */
function unreadable(error: Error): object {
  return {
    get user(): never {
      throw error;
    },
  };
}

/** Final, whatever the other alternatives may be. */
export const final: Row[] = [
  [
    'throws 403',
    throwing(new ForbiddenException('No.')),
    http(403, { message: 'No.', error: 'Forbidden', statusCode: 403 }),
  ],
  [
    'throws 418',
    throwing(new HttpException('Tea.', 418)),
    http(418, { statusCode: 418, message: 'Tea.' }),
  ],
  ['throws 400', throwing(new BadRequestException({ own: 1 })), http(400, { own: 1 })],
  [
    'throws 404',
    throwing(new NotFoundException()),
    http(404, { message: 'Not Found', statusCode: 404 }),
  ],
  [
    'throws 403, caused by what is unreachable',
    throwing(new ForbiddenException('No.', { cause: unreachable, description: 'Forbidden' })),
    http(403, { message: 'No.', error: 'Forbidden', statusCode: 403 }),
  ],
  [
    'throws 502, caused by what is unreachable',
    throwing(new BadGatewayException('Up.', { cause: unreachable, description: 'Bad Gateway' })),
    http(502, { message: 'Up.', error: 'Bad Gateway', statusCode: 502 }),
  ],
  ['throws an error', throwing(new Error('secret detail')), serverError],
  ['throws a TypeError', throwing(new TypeError('secret detail')), serverError],
  ['throws a text', throwing('secret detail'), serverError],
  ['throws undefined', throwing(undefined), serverError],
  ['throws null', throwing(null), serverError],
  ['throws an object', throwing({ status: 200, message: 'secret detail' }), serverError],
  ['throws an error with another code', throwing(coded('EACCES')), serverError],
];

/** Nobody could ask whether the credentials are good: another alternative may still do, and otherwise this is the answer. */
export const outages: Row[] = [
  [
    'throws 503',
    throwing(new ServiceUnavailableException('Later.')),
    http(503, { message: 'Later.', error: 'Service Unavailable', statusCode: 503 }),
  ],
  ['cannot connect', throwing(unreachable), unavailable],
  [
    'cannot connect, as fetch says it',
    throwing(new TypeError('fetch failed', { cause: unreachable })),
    unavailable,
  ],
  [
    'cannot connect to any of two',
    throwing(new AggregateError([unreachable, coded('ENETUNREACH')])),
    unavailable,
  ],
  ['waits too long', throwing(new DOMException('late', 'TimeoutError')), unavailable],
];

/** Only these credentials: another alternative may still do. */
export const refusing: Row[] = [
  [
    'throws UnauthorizedException',
    throwing(new UnauthorizedException('Expired.')),
    invalidToken('Expired.', 'Bearer'),
  ],
  [
    'throws UnauthorizedException with its own body',
    throwing(new UnauthorizedException({ own: 1 })),
    { status: 401, challenges: ['Bearer'], body: { own: 1 } },
  ],
  [
    'throws 401',
    throwing(new HttpException('Who?', 401)),
    { status: 401, challenges: ['Bearer'], body: { statusCode: 401, message: 'Who?' } },
  ],
  [
    'throws InvalidTokenException',
    throwing(new InvalidTokenException()),
    invalidCredentials(WRONG),
  ],
  [
    'throws InvalidTokenException with a reason',
    throwing(new InvalidTokenException('The access token expired')),
    invalidToken(
      'The access token expired',
      `${WRONG}, error_description="The access token expired"`,
    ),
  ],
  ...[
    'say "no"',
    'a\\b',
    'a\r\nSet-Cookie: a=b',
    'a\nb',
    '🔒',
    'é',
    'a\0b',
    'a\x7Fb',
    'x'.repeat(9000) + '"',
  ].map((reason): Row => [
    `throws InvalidTokenException with the reason ${JSON.stringify(reason.slice(0, 30))}`,
    throwing(new InvalidTokenException(reason)),
    invalidToken(reason, WRONG),
  ]),
  [
    'throws InvalidTokenException with a challenge',
    throwing(new InvalidTokenException('No.', { challenge: 'DPoP algs="ES256"' })),
    invalidToken('No.', 'DPoP algs="ES256"'),
  ],
  [
    'throws InvalidTokenException with a cause',
    throwing(new InvalidTokenException('No.', { cause: unreachable })),
    invalidToken('No.', `${WRONG}, error_description="No."`),
  ],
  [
    'throws InvalidRequestException',
    throwing(new InvalidRequestException('Which?')),
    {
      status: 400,
      challenges: ['Bearer error="invalid_request"'],
      body: { message: 'Which?', error: 'Bad Request', statusCode: 400 },
    },
  ],
  [
    'throws NotAuthenticatedException',
    throwing(new NotAuthenticatedException()),
    notAuthenticated('Bearer'),
  ],
  [
    'throws InsufficientScopeException',
    throwing(new InsufficientScopeException(['a', 'b'])),
    {
      status: 403,
      challenges: ['Bearer error="insufficient_scope", scope="a b"'],
      body: { message: 'Insufficient scope', error: 'Forbidden', statusCode: 403 },
    },
  ],
];
