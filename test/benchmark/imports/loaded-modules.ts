import Module, { register } from 'node:module';

const hook = `
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    writeSync(1, resolved.url + '\\n');
    return resolved;
  }
`;

// Prints the URL of every module that an import loads: ES modules by a hook, CommonJS ones by the cache.
register(`data:text/javascript,${encodeURIComponent(hook)}`);
await import('reflect-metadata');
await import(process.argv[2]!);
const { _cache } = Module as unknown as { _cache: Record<string, unknown> };
for (const path of Object.keys(_cache)) console.log(path);
