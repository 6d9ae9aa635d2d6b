import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Closes a run with one plain line, `N passed, N failed`, and fails a run that ran no test.
 *
 * A test counts once. What fails outside of any test counts as failed too: a file that does not
 * load, a hook, an unhandled rejection.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;

    const passed = count('passed');
    const failed = count('failed') + failuresOutsideTests(modules) + unhandledErrors.length;
    const skipped = tests.length - passed - count('failed');

    if (passed + failed === 0) process.exitCode = 1;
    const notRun = skipped === 0 ? '' : `, ${skipped} skipped`;
    process.stdout.write(`\n${passed} passed, ${failed} failed${notRun}\n`);
  }
}

function failuresOutsideTests(modules: readonly TestModule[]): number {
  return modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .filter((suite) => suite.errors().length > 0).length;
}
