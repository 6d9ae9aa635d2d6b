import { afterEach, describe, expect, it } from 'vitest';
import { CopiedApplication } from './copied-application.js';
import { GLOBAL, MARKED_GUARD, smallApplication } from './small-application.js';

/** A guard of the application's own that reads the mark for public routes. */
const OFFICE_GUARD = `import { Reflector } from '@nestjs/core';
export class OfficeGuard {
  constructor(private reflector: Reflector) {}
  canActivate(context) { return !this.reflector.get('isPublic', context.getHandler()); }
}
`;

describe('files of an application', { timeout: 60_000 }, () => {
  let copied: CopiedApplication;
  afterEach(() => copied.remove());

  async function planned(files: Record<string, string>) {
    copied = await CopiedApplication.from(
      smallApplication({
        ...GLOBAL,
        imports: `import { Public } from './marked.guard';`,
        controller: `@Controller() export class AppController { @Public() @Get() open() {} }`,
        files: { 'marked.guard.ts': MARKED_GUARD, ...files },
      }),
    );
    return copied.plan();
  }

  it.each([
    ['office-test.ts', `export { OfficeGuard } from './office-test';`],
    ['office.spec.ts', `import { OfficeGuard } from './office.spec.js';`],
    ['office-test.ts', `export const later = () => import('./office-test');`],
    ['office-test.ts', 'export const later = () => import(`./office-test`);'],
    ['office-test.ts', `const office = require('./office-test');`],
    ['office-test.ts', `import office = require('./office-test');`],
    ['office-test.ts', `import '@/office-test';`],
    ['office-test.ts', `import './between-spec';`],
    ['office-test.ts', `export const later = (name: string) => import(name);`],
    ['office.test.mts', `import './office.test.mjs';`],
    ['office.tsx', ''],
    ['office.mts', ''],
    ['office.cts', ''],
  ])('should be read where %s is imported by %s', async (name, more) => {
    const { files, left } = await planned({
      [name]: OFFICE_GUARD,
      'more.ts': more,
      'between-spec.ts': `import './office-test';`,
    });
    expect(files).toEqual([]);
    expect(left).toHaveLength(1);
    expect(left[0]?.reason).toContain(name);
  });

  it.each(['office.spec.ts', 'office-test.ts', 'office.test.tsx', 'office.d.ts'])(
    'should not be read where nothing imports %s',
    async (name) => {
      const { left } = await planned({ [name]: OFFICE_GUARD });
      expect(left).toEqual([]);
    },
  );

  it.each(['js', 'jsx', 'mjs', 'cjs'])(
    'should not be changed beside a guard in .%s',
    async (ending) => {
      await expect(planned({ [`office.${ending}`]: OFFICE_GUARD })).rejects.toThrow(
        `office.${ending} is JavaScript, which is not read, and may have to do with guards`,
      );
    },
  );

  it('should be changed beside JavaScript that has nothing to do with guards, or is made of them', async () => {
    const { left } = await planned({
      'chart.js': `export const draw = () => 'line';`,
      'marked.guard.js': OFFICE_GUARD,
      'office.spec.js': OFFICE_GUARD,
    });
    expect(left).toEqual([]);
  });
});
