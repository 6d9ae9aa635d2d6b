// Imports the package named by the first argument and prints every module that this loads, one a
// line: ES modules by a resolution hook, CommonJS ones by what require() has cached.
import { Module, register } from 'node:module';

const hook = `
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    writeSync(1, resolved.url + '\\n');
    return resolved;
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
await import('reflect-metadata');
await import(process.argv[2]);
for (const path of Object.keys(Module._cache)) console.log(path);
