import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { assertNamesKept } from '../../lib/schemes/minified-names.js';
import type { SecurityScheme } from '../../lib/schemes/security-scheme.js';
import { SecurityScheme as Base } from '../../lib/schemes/security-scheme.js';

/** As a bundler leaves it. */
function minified(name: string, options = {}): SecurityScheme {
  const Class = class extends HTTPBearer {};
  Object.defineProperty(Class, 'name', { value: name });
  return new Class(options);
}

const message = (names: string) =>
  `These schemes would be documented by names of classes that look minified: ${names}. Set schemeName in each of them, or let the bundler keep names (esbuild: keepNames, terser: keep_classnames, rolldown: keepNames)`;

/** As a bundler writes it. */
function written(source: string): typeof HTTPBearer {
  return new Function('Base', `return ${source}`)(HTTPBearer) as typeof HTTPBearer;
}

describe('the names of schemes', () => {
  it.each(['s', 'DW', '_'])('should refuse %s', (name) => {
    expect(() => assertNamesKept([minified(name)])).toThrow(
      new ConfigurationError(message(`${name} (http bearer)`)),
    );
  });

  it('should refuse several of one name, and tell which they are', () => {
    const s = class extends APIKeyHeader {};
    Object.defineProperty(s, 'name', { value: 's' });
    expect(() => assertNamesKept([minified('s'), new s({ name: 'X-Key' })])).toThrow(
      new ConfigurationError(message('s (http bearer), s (apiKey X-Key)')),
    );
  });

  it.each([
    ['the name of a class', minified('Jwt')],
    ['a name that is given', minified('DW', { schemeName: 'UserToken' })],
    ['a short name that is given', minified('Token', { schemeName: 'T' })],
    ['a given name that is that of the class, too', minified('T', { schemeName: 'T' })],
    ['the name of a class of this package', new HTTPBearer()],
  ])('should take %s', (_what, scheme) => {
    expect(() => assertNamesKept([scheme])).not.toThrow();
  });

  it('should refuse whatever was not given where the names of this package are gone', () => {
    Object.defineProperty(Base, 'name', { value: 'a', configurable: true });
    try {
      expect(() => assertNamesKept([minified('Jwt')])).toThrow(message('Jwt (http bearer)'));
      expect(() => assertNamesKept([minified('b', { schemeName: 'UserToken' })])).not.toThrow();
    } finally {
      Object.defineProperty(Base, 'name', { value: 'SecurityScheme', configurable: true });
    }
  });

  describe('of three letters', () => {
    const squeezed = new (written('class Yer extends Base{}'))();
    const spaced = new (written('class Jwt extends Base {\n}'))();
    const modules = { squeezed: written('class App{}'), spaced: written('class AppModule {}') };

    it.each([
      ['nothing else', []],
      ['classes that are called as shortly', [modules.squeezed]],
      ['classes of packages that are no part of the bundle', [modules.spaced]],
    ])('should be refused in what a bundler wrote, beside %s', (_what, classes) => {
      expect(() => assertNamesKept([squeezed], () => classes)).toThrow(
        message('Yer (http bearer)'),
      );
    });

    it('should be taken in what a bundler wrote that kept names', () => {
      const kept = [modules.squeezed, written('class ItemsModule extends Base{}')];
      expect(() => assertNamesKept([squeezed], () => kept)).not.toThrow();
    });

    it('should be taken in what a person wrote', () => {
      expect(() => assertNamesKept([spaced], () => [modules.squeezed])).not.toThrow();
    });
  });
});
