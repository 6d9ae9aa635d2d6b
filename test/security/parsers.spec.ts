import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAuthParams, token } from '../../lib/protocol/auth-params.js';
import { parseBasicCredentials } from '../../lib/protocol/basic.js';
import { serializeChallenge } from '../../lib/protocol/challenge.js';
import { parseClientBasic } from '../../lib/protocol/client-authentication.js';
import { readCookie } from '../../lib/protocol/cookie-header.js';
import { parseExtValue } from '../../lib/protocol/digest.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { readQueryParameter } from '../../lib/protocol/query-string.js';
import { parseScope } from '../../lib/protocol/scope.js';
import { readChallenge } from '../support/read-challenge.js';
import { inputsFor, type Parser, parsers, slowTexts } from './parsers.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 10_000);
let tried = 0;

afterAll(() => console.info(`tried ${tried} inputs`));

/** CPU time of this process, in microseconds. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function attempt({ parse }: Parser, text: string): void {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof MalformedError) || error.message === '') throw error;
  }
  tried++;
}

/** What reading a text costs: CPU time, or steps. */
type Cost = (text: string) => number;
interface Limit {
  readonly lengths: readonly number[];
  readonly most: number;
}

/**
 * The first length at which a text costs more than the limit, if there is one.
 *
 * What is too dear is tried twice more, since what else the process does only ever adds to a
 * measurement.
 */
function tooDear(cost: Cost, textOf: (length: number) => string, { lengths, most }: Limit) {
  const isDear = (text: string) => [1, 2, 3].every(() => cost(text) > most);
  return lengths.find((length) => isDear(textOf(length)));
}

/** What a parser looks at: it tells of each character. */
type Counted = (text: string, look: () => void) => void;

/** As `/a*!/` looks for its end from each place. */
const backtracking: Counted = (text, look) => {
  for (let start = 0; start < text.length; start++) {
    let at = start;
    for (; text[at] === 'a'; at++) look();
    if (text[at] === '!') return;
  }
};
const once: Counted = (text, look) => {
  for (let at = 0; at < text.length; at++) look();
};
const rescanning: Counted = (text, look) => {
  for (let at = 0; at < text.length; at++) once(text, look);
};
const copying: Counted = (text, look) => {
  for (let rest = text; rest !== ''; rest = rest.slice(1)) once(rest, look);
};
const eightTimes: Counted = (text, look) => {
  for (let time = 0; time < 8; time++) once(text, look);
};
const sorting: Counted = (text, look) => {
  for (let run = 1; run < text.length; run *= 2) once(text, look);
};

describe('the check of what a text costs', () => {
  const found = (parse: Counted) => {
    const steps: Cost = (text) => {
      let count = 0;
      parse(text, () => count++);
      return count;
    };
    return tooDear(steps, (length) => 'a'.repeat(length), { lengths: [1024], most: 64 * 1024 });
  };

  it.each(Object.entries({ backtracking, rescanning, copying }))('finds %s', (_what, parse) => {
    expect(found(parse)).toBe(1024);
  });

  it.each(Object.entries({ once, eightTimes, sorting }))('lets pass %s', (_what, parse) => {
    expect(found(parse)).toBeUndefined();
  });
});

/**
 * Of the longest text a quadratic parser looks at 130,000,000,000 pairs of characters, and no
 * machine does so within a second; a linear one has two microseconds for each character.
 */
const LIMIT: Limit = { lengths: [64 * 1024, 512 * 1024], most: 1_000_000 };

describe.each(parsers)(
  'any text for $name: time in proportion, and no error but its own',
  (parser) => {
    it('takes no time that grows as the square of the length', () => {
      const time: Cost = (text) => cost(() => attempt(parser, text));
      for (const textOf of slowTexts) {
        expect(tooDear(time, textOf, LIMIT), JSON.stringify(textOf(20))).toBeUndefined();
      }
    }, 300_000);

    it('T11 throws nothing but MalformedError', () => {
      fc.assert(
        fc.property(inputsFor(parser), (text) => attempt(parser, text)),
        { numRuns: RUNS },
      );
    }, 60_000);

    it('T11 never says what it was given', () => {
      const secret = 'canary5f3c';
      fc.assert(
        fc.property(inputsFor(parser), (text) => {
          tried++;
          try {
            parser.parse(text + secret);
          } catch (error) {
            expect(`${(error as Error).message}${String((error as Error).stack)}`).not.toContain(
              secret,
            );
          }
        }),
        { numRuns: RUNS / 10 },
      );
    }, 60_000);

    it('T11 reads the same twice', () => {
      const outcome = (text: string) => {
        tried++;
        try {
          return JSON.stringify(parser.parse(text));
        } catch (error) {
          return `thrown: ${(error as Error).message}`;
        }
      };
      fc.assert(
        fc.property(inputsFor(parser), (text) => outcome(text) === outcome(text)),
        { numRuns: RUNS / 10 },
      );
    }, 60_000);
  },
);

describe('T12 what is written is read again', () => {
  const sendable = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,40}$/);
  const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,12}$/);
  const tokens = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
  const wellFormed = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text));
  const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) =>
    fc.assert(
      fc.property(arbitrary, (value) => {
        tried++;
        holds(value);
      }),
      { numRuns: RUNS / 5 },
    );

  it('challenges', () => {
    const params = fc.dictionary(name, fc.oneof(sendable, tokens.map(token)));
    check(fc.tuple(tokens, params), ([scheme, given]) => {
      const written = serializeChallenge(scheme, given);
      expect(written).toMatch(/^[\t\x20-\x7e\x80-\xff]+$/);
      const read = readChallenge(written);
      expect(read.scheme).toBe(scheme);
      const values = Object.entries(given).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : value.value,
      ]);
      expect([...read.params]).toStrictEqual(values);
      expect(serializeChallenge(scheme, Object.fromEntries(read.params))).toBe(
        serializeChallenge(scheme, Object.fromEntries(values)),
      );
    });
  });

  it('any text at all is either written so that it is read again, or refused', () => {
    check(fc.string({ unit: 'binary' }), (realm) => {
      let written: string;
      try {
        written = serializeChallenge('A', { realm });
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(realm).toMatch(/[^\t\x20-\x7e\x80-\xff]/);
        return;
      }
      expect(readChallenge(written).params.get('realm')).toBe(realm);
    });
  });

  it('auth-params with any whitespace and empty elements', () => {
    const gap = fc.stringMatching(/^[ \t]{0,3}$/);
    check(fc.tuple(name, tokens, gap, gap), ([key, value, a, b]) => {
      const text = `${a},${b}${key}${a}=${b}${value}${a},${b},`;
      expect([...parseAuthParams(text)]).toStrictEqual([[key, value]]);
    });
  });

  it('Basic credentials', () => {
    const username = wellFormed.filter((text) => !text.includes(':'));
    check(fc.tuple(username, wellFormed), ([user, password]) => {
      const sent = Buffer.from(`${user}:${password}`).toString('base64');
      expect(parseBasicCredentials(sent)).toStrictEqual({ username: user, password });
    });
  });

  it('client credentials', () => {
    check(fc.tuple(wellFormed, wellFormed), ([id, secret]) => {
      const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
      const sent = Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64');
      if (id === '' && secret === '') expect(parseClientBasic(sent)).toBeUndefined();
      else if (id === '') expect(() => parseClientBasic(sent)).toThrow(MalformedError);
      else expect(parseClientBasic(sent)).toStrictEqual({ clientId: id, clientSecret: secret });
    });
  });

  it('cookies, query parameters, scopes and ext-values', () => {
    const scopes = fc.array(fc.stringMatching(/^[!#-[\]-~]{1,9}$/), { maxLength: 5 });
    check(fc.tuple(fc.array(wellFormed, { maxLength: 4 }), scopes), ([values, granted]) => {
      const cookie = ['x=y', ...values.map((value) => `a=${encodeURIComponent(value)}`)].join('; ');
      expect(readCookie(cookie, 'a')).toStrictEqual(values);
      const query = new URLSearchParams(values.map((value): [string, string] => ['a', value]));
      expect(readQueryParameter(`/x?${query}#a=b`, 'a')).toStrictEqual(values);
      expect(parseScope(granted.join(' '))).toStrictEqual(granted);
      const [value = ''] = values;
      const encoded = encodeURIComponent(value).replace(
        /['()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16)}`,
      );
      expect(parseExtValue(`UTF-8'en'${encoded}`)).toBe(value);
    });
  });
});
