import type ts from 'typescript';
import type { Project } from './project.js';

/** The text that an expression always has; `undefined` where that is not written out. */
export function writtenText(project: Project, node: ts.Node, depth = 0): string | undefined {
  const { ts } = project;
  const part = (inner: ts.Node) =>
    depth < 20 ? writtenText(project, inner, depth + 1) : undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (isWrapper(project, node)) return part(node.expression);
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ expression, literal }) => [
      part(expression),
      literal.text,
    ]);
    return joined([node.head.text, ...spans.flat()]);
  }
  if (ts.isBinaryExpression(node)) {
    const isSum = node.operatorToken.kind === ts.SyntaxKind.PlusToken;
    return isSum ? joined([part(node.left), part(node.right)]) : undefined;
  }
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return undefined;
  const value = constantOf(project, project.declarationOf(node));
  return value && part(value);
}

/** `x as const`, `(x)` and the like, which are `x` when they run. */
function isWrapper(
  { ts }: Project,
  node: ts.Node,
): node is ts.ParenthesizedExpression | ts.AsExpression | ts.SatisfiesExpression {
  return (
    ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)
  );
}

/** The initializer of a declaration whose value never changes. */
function constantOf(
  { ts }: Project,
  declaration: ts.Declaration | undefined,
): ts.Expression | undefined {
  if (declaration === undefined) return undefined;
  if (ts.isEnumMember(declaration) || ts.isPropertyAssignment(declaration))
    return declaration.initializer;
  if (ts.isPropertyDeclaration(declaration)) {
    const isReadonly = ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly;
    return isReadonly ? declaration.initializer : undefined;
  }
  const isConstant =
    ts.isVariableDeclaration(declaration) &&
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  return isConstant ? declaration.initializer : undefined;
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
}
