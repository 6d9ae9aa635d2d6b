import { join } from 'node:path';
import ts from 'typescript';
import { libFiles } from './docstrings.js';
import { root } from './snippets.js';

/** Every text of a `ConfigurationError` that the library writes out, with `…` for what is computed. */
export function configurationErrors(): string[] {
  const texts = libFiles.flatMap((path) => {
    const source = ts.sys.readFile(join(root, path))!;
    return messagesIn(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true));
  });
  return [...new Set(texts)].toSorted();
}

function messagesIn(node: ts.Node): string[] {
  const nested: string[] = [];
  node.forEachChild((child) => {
    nested.push(...messagesIn(child));
  });
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'ConfigurationError')
    return nested;
  const message = node.arguments?.[0];
  const text = message === undefined ? undefined : textOf(message);
  // What is computed altogether is written out elsewhere, and so is a place alone before it.
  return text === undefined || text.replaceAll(/[…\s:.()]/g, '').length < 5
    ? nested
    : [...nested, text];
}

function textOf(message: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(message)) return message.text;
  if (!ts.isTemplateExpression(message)) return undefined;
  return (
    message.head.text + message.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  );
}
