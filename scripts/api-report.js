// @ts-check
// Writes what the built declarations export to etc/, one report for each entry point, so that a change of the public surface is
// seen in review. With --check it writes nothing, and fails where a report is not up to date. A type that a public signature
// names and no entry point exports is an error.
import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { entryPoints } from './entry-points.js';

const localBuild = !process.argv.includes('--check');
const root = process.cwd();
const EXPORTED = /^export (?:abstract )?(?:class|const|enum|function|interface|type) (\w+)/gm;

/** What Nest hands to constructors and what it makes a module of: nobody names them. */
const KNOWN = ['ConfigurableModuleClass', 'ContextChecks', 'ContextReaders', 'Policies'];

mkdirSync('etc', { recursive: true });
/** @type {Set<string>} */
const forgotten = new Set();
const reports = entryPoints.map(({ specifier, module }) => report(specifier, module));
const exported = new Set(reports.flatMap(({ names }) => names));
const problems = [
  ...reports.flatMap(({ errors }) => errors),
  ...[...forgotten]
    .filter((name) => !exported.has(name) && !KNOWN.includes(name))
    .map((name) => `${name} is named by a public signature and exported by no entry point`),
  ...KNOWN.filter((name) => !forgotten.has(name) || exported.has(name)).map(
    (name) =>
      `${name} is exported, or named no longer: take it out of the list in scripts/api-report.js`,
  ),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/**
 * @param {string} specifier
 * @param {string} module
 */
function report(specifier, module) {
  const reportFileName = `${specifier.replace('/', '-')}.api.md`;
  /** @type {string[]} */
  const errors = [];
  const { apiReportChanged } = Extractor.invoke(configOf(module, reportFileName), {
    localBuild,
    messageCallback: (message) => {
      const symbol = /The symbol "(\w+)" needs to be exported/.exec(message.text)?.[1];
      if (message.messageId === 'ae-forgotten-export' && symbol) forgotten.add(symbol);
      else if (message.logLevel === 'error') errors.push(message.formatMessageWithLocation(root));
      message.handled = true;
    },
  });
  if (apiReportChanged && !localBuild) {
    errors.push(`etc/${reportFileName} is not what is exported: run "npm run api" and commit it`);
  }
  const names = readFileSync(`build/api/${reportFileName}`, 'utf8').matchAll(EXPORTED);
  return { errors, names: [...names].flatMap(([, name]) => name ?? []) };
}

/**
 * @param {string} module
 * @param {string} reportFileName
 */
function configOf(module, reportFileName) {
  const none = { logLevel: ExtractorLogLevel.None };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: resolve(`dist/${module}.d.ts`),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: './tsconfig.json',
          files: [`dist/${module}.d.ts`],
          include: [],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName,
        reportFolder: resolve('etc'),
        reportTempFolder: resolve('build/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: none,
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Error },
        },
        tsdocMessageReporting: { default: none },
      },
    },
  });
}
