import { guardCases, laterCases } from '../cases.js';
import { growthCases } from './growth.js';
import { measure } from './measure.js';
import { finish } from '../measure/result.js';
import { subjectsOf } from './subject.js';

const [answered, given] = process.argv.slice(2);
const rounds = Number(given);
// Few requests at once: a server guards a request that has just been parsed. In batches of hundreds they have left
// the processor's cache, and whoever looks at more than one header pays for memory.
const plan = { warmUp: rounds / 4, rounds, batch: 30, inFlight: 1, memoryRounds: 20 };
const isLater = answered === 'later';
const guards = await measure(await subjectsOf(isLater ? laterCases : guardCases), plan);
const growth = isLater ? [] : await measure(await growthCases(), plan);
finish({ guards, growth });
