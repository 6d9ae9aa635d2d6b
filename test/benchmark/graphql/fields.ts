import { finish } from '../measure/result.js';
import { shuffled } from '../measure/shuffle.js';
import { applications } from './applications.js';

/** Fields of an operation beside its first. */
const MORE = 1000;
const WARM_UP = 20;

const rounds = Number(process.argv[2]);
const answers = await applications();
const cpu: Record<string, number[]> = {};
for (const [contender, answer] of answers) {
  const { data, errors } = await answer(2);
  if (errors !== undefined) throw errors[0]!;
  if (JSON.stringify(data) !== '{"items":[{"field":"value"},{"field":"value"}]}') {
    throw new Error(`${contender} answers ${JSON.stringify(data)}`);
  }
  cpu[contender] = [];
}
for (let round = -WARM_UP; round < rounds; round++) {
  for (const [contender, answer] of shuffled([...answers])) {
    const one = await timed(() => answer(1));
    const all = await timed(() => answer(1 + MORE));
    if (round >= 0) cpu[contender]!.push((all - one) / MORE);
  }
}
finish(cpu);

/** Nanoseconds of the processor: others may be at work beside it. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}
