import { cpus, loadavg, totalmem } from 'node:os';

/** Where the figures come from; `load` tells how busy the machine was before. */
export function environment() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    openssl: process.versions.openssl,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    load: loadavg()[0]?.toFixed(1),
  };
}
