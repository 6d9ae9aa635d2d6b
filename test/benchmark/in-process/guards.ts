import { guardCases } from '../cases.js';
import { growthCases } from './growth.js';
import { measure } from './measure.js';
import { finish } from '../measure/result.js';
import { subjectsOf } from './subject.js';

const rounds = Number(process.argv[2]);
const plan = { rounds, batch: 300, inFlight: 1, memoryRounds: Math.ceil(rounds / 10) };
const guards = await measure(await subjectsOf(guardCases), plan);
const growth = await measure(await growthCases(), plan);
finish({ guards, growth });
