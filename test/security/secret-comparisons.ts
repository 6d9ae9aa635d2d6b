import ts from 'typescript';

/** Words that the name of a secret, or of what is computed from one, ends with. */
const WORDS = [
  'secret', 'password', 'passwd', 'token', 'key', 'response', 'nonce', 'cnonce', 'mac', 'hmac',
  'signature', 'hash', 'digest', 'opaque', 'ha1', 'thumbprint', 'fingerprint', 'jkt', 'ath', 'jti',
  'credential', 'cookie', 'authorization', 'assertion', 'proof', 'verifier',
]; // prettier-ignore
const capitalized = WORDS.map((word) => word[0]!.toUpperCase() + word.slice(1));
const ending = (words: readonly string[]) => `(?:${words.join('|')})(?:s|es|S|ES)?$`;
const SECRET = new RegExp(
  `(?:^|[-_#$])${ending(WORDS)}|[a-z0-9]${ending(capitalized)}|` +
    `(?:^|[-_#$])${ending(WORDS.map((word) => word.toUpperCase()))}`,
);

const COMPARING = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);

/** Methods that look for, or at, one of their operands. */
const SEARCHING = new Set([
  'includes', 'indexOf', 'lastIndexOf', 'localeCompare', 'startsWith', 'endsWith', 'equals',
  'compare', 'is', 'has', 'search',
]); // prettier-ignore

/**
 * Where a file compares what is named like a secret other than through `constantTimeEqual`, as
 * `file: expression`.
 *
 * Found are `===` and its kin, `switch`, the methods above and `timingSafeEqual` itself, when one of
 * the operands is a variable, a member or an element whose name ends like that of a secret. Not
 * found are comparisons with what the source itself says: a literal, `undefined`, `null`.
 */
export function secretComparisons(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (comparesSecret(node)) {
      const shown = ts.isSwitchStatement(node)
        ? `switch (${node.expression.getText()})`
        : node.getText();
      found.push(`${file}: ${shown.replace(/\s+/g, ' ')}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function comparesSecret(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node) && COMPARING.has(node.operatorToken.kind)) {
    const sides = [node.left, node.right];
    return !sides.some(isSaidBySource) && sides.some(isNamedLikeSecret);
  }
  if (ts.isSwitchStatement(node)) {
    const cases = node.caseBlock.clauses.filter(ts.isCaseClause);
    const isFixed = cases.every(({ expression }) => isSaidBySource(expression));
    return !isFixed && isNamedLikeSecret(node.expression);
  }
  if (!ts.isCallExpression(node)) return false;
  const { expression: called, arguments: args } = node;
  if (ts.isIdentifier(called)) return called.text === 'timingSafeEqual';
  if (!ts.isPropertyAccessExpression(called)) return false;
  if (called.name.text === 'timingSafeEqual') return true;
  if (!SEARCHING.has(called.name.text) || args.length === 0) return false;
  if (args.every(isSaidBySource)) return false;
  return [called.expression, ...args].some(isNamedLikeSecret);
}

/** A literal, `undefined`, `null`, `true`, `-1`: nothing that a client could guess at. */
function isSaidBySource(node: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(node)) return isSaidBySource(node.operand);
  return (
    ts.isLiteralExpression(node) ||
    ts.isTypeOfExpression(node) ||
    [ts.SyntaxKind.NullKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].includes(
      node.kind,
    ) ||
    (ts.isIdentifier(node) && node.text === 'undefined')
  );
}

function isNamedLikeSecret(node: ts.Node): boolean {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return SECRET.test(node.text);
  if (ts.isPropertyAccessExpression(node)) return SECRET.test(node.name.text);
  if (ts.isElementAccessExpression(node)) {
    const name = node.argumentExpression;
    return ts.isStringLiteralLike(name)
      ? SECRET.test(name.text)
      : isNamedLikeSecret(node.expression);
  }
  if (
    ts.isNonNullExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node)
  ) {
    return isNamedLikeSecret(node.expression);
  }
  if (ts.isBinaryExpression(node)) {
    return isNamedLikeSecret(node.left) || isNamedLikeSecret(node.right);
  }
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.some(({ expression }) => isNamedLikeSecret(expression));
  }
  if (ts.isArrayLiteralExpression(node)) return node.elements.some(isNamedLikeSecret);
  if (ts.isNewExpression(node)) return (node.arguments ?? []).some(isNamedLikeSecret);
  // digest.toString('hex') and digest.toLowerCase() are still the digest.
  if (ts.isCallExpression(node)) {
    const { expression: called, arguments: args } = node;
    if (ts.isPropertyAccessExpression(called)) return isNamedLikeSecret(called.expression);
    return args.some(isNamedLikeSecret);
  }
  return false;
}
