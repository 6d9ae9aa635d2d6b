import cluster, { Worker } from 'node:cluster';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Keeps this process from starting workers of `node:cluster`.
 *
 * @param tried Called where it would have started one.
 */
export function refuseWorkers(tried: () => never): void {
  cluster.fork = tried;
  syncBuiltinESMExports();
}

/** Makes this process look like a worker, which serves where the process that started it does not. */
export function actAsWorker(): void {
  const roles = { isPrimary: false, isMaster: false, isWorker: true, fork: undefined };
  const worker = new (Worker as new (of: object) => Worker)({ id: 1, process });
  Object.assign(cluster, roles, { worker });
  syncBuiltinESMExports();
}
