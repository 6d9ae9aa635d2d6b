import { firstSightCases, jwtCases } from '../cases.js';
import { measure } from './measure.js';
import { finish } from '../measure/result.js';
import { subjectsOf } from './subject.js';

const [sight, given] = process.argv.slice(2);
const rounds = Number(given);
const cases = sight === 'first' ? await firstSightCases() : await jwtCases(400);
const plan = {
  warmUp: 2.5 * rounds,
  rounds,
  batch: 60,
  inFlight: 10,
  memoryRounds: Math.ceil(rounds / 10),
};
finish(await measure(await subjectsOf(cases), plan));
