import type ts from 'typescript';
import type { TypeScript } from './typescript.js';

/**
 * A method as it runs, in one line: without types, comments and optional white space, with single quotes.
 *
 * Recipes are recognised by it whatever their formatting. It is compared, never written anywhere.
 */
export function normalForm(ts: TypeScript, node: ts.Node): string {
  const { outputText } = ts.transpileModule(`class _ { ${node.getText()} }`, {
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      removeComments: true,
      experimentalDecorators: true,
    },
  });
  return outputText
    .slice(outputText.indexOf('{') + 1, outputText.lastIndexOf('}'))
    .replaceAll('"', `'`)
    .replace(/\s+/g, ' ')
    .replace(/ ?([^\w$]) ?/g, '$1')
    .replace(/,([\])}])/g, '$1')
    .trim();
}
