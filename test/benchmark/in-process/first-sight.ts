import { FIRST_SIGHT } from '../cases.js';
import { spread } from '../report/table.js';
import type { Finding } from './report.js';

/** The most that a token's first sight may cost, of what `jose` takes by hand with a key made ready ahead. */
const LIMIT = 1.05;

const OURS = 'nestjs-security, JWT at first sight';
const BY_HAND = 'jose, CryptoKey';

/** Whether the target is met, algorithm by algorithm. */
export function firstSightVerdicts(found: readonly Finding[]): string {
  return found
    .filter(({ case: name, contender }) => name.startsWith(FIRST_SIGHT) && contender === OURS)
    .map(({ case: name, ratios }) => {
      const ratio = ratios[BY_HAND]!;
      const verdict = ratio.median <= LIMIT ? 'met' : 'not met';
      return `${name}: ${spread(ratio)} x ${BY_HAND}, at most ${LIMIT}: ${verdict}\n`;
    })
    .join('');
}
