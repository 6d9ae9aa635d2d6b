import { firstSightCases, jwtCases } from '../cases.js';
import { measure } from './measure.js';
import { finish } from '../measure/result.js';
import { subjectsOf } from './subject.js';

const rounds = Number(process.argv[2]);
const subjects = await subjectsOf([...(await jwtCases(400)), ...(await firstSightCases())]);
const plan = {
  warmUp: 2.5 * rounds,
  rounds,
  batch: 60,
  inFlight: 10,
  memoryRounds: Math.ceil(rounds / 10),
};
finish(await measure(subjects, plan));
