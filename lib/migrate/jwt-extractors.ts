import type ts from 'typescript';
import type { Project } from './project.js';

/** Where a token of passport-jwt is looked for. */
export type TokenPlace =
  { readonly in: 'bearer' } | { readonly in: 'header' | 'cookie'; readonly name: string };

/** Where an extractor of passport-jwt looks, in order, or the text of the one that is not known. */
export type TokenPlaces = { readonly places: readonly TokenPlace[] } | { readonly unknown: string };

/** Recognises `ExtractJwt.fromExtractors()`, its two extractors for headers, and functions that read one cookie. */
export function tokenPlacesOf(project: Project, extractor: ts.Expression): TokenPlaces {
  const cookie = cookieReadBy(project, extractor);
  if (cookie !== undefined) return { places: [{ in: 'cookie', name: cookie }] };
  const unknown = { unknown: extractor.getText().replaceAll(/\s+/g, ' ') };
  const { ts } = project;
  if (!ts.isCallExpression(extractor)) return unknown;
  const { expression, arguments: given } = extractor;
  const isKnown =
    ts.isPropertyAccessExpression(expression) &&
    project.isFrom(expression.expression, 'passport-jwt', 'ExtractJwt');
  if (!isKnown) return unknown;
  const [argument] = given;
  switch (expression.name.text) {
    case 'fromAuthHeaderAsBearerToken':
      return { places: [{ in: 'bearer' }] };
    case 'fromHeader':
      return argument && ts.isStringLiteralLike(argument)
        ? { places: [{ in: 'header', name: argument.text }] }
        : unknown;
    case 'fromExtractors':
      return argument && ts.isArrayLiteralExpression(argument)
        ? inOrder(argument.elements.map((each) => tokenPlacesOf(project, each)))
        : unknown;
    default:
      return unknown;
  }
}

function inOrder(found: readonly TokenPlaces[]): TokenPlaces {
  const unknown = found.find((each) => 'unknown' in each);
  return unknown ?? { places: found.flatMap((each) => ('places' in each ? each.places : [])) };
}

/** The cookie that `(request) => request?.cookies?.jwt ?? null` reads, if that is all that a function does. */
function cookieReadBy({ ts }: Project, extractor: ts.Expression): string | undefined {
  if (!ts.isArrowFunction(extractor) && !ts.isFunctionExpression(extractor)) return undefined;
  const [parameter, ...others] = extractor.parameters;
  if (!parameter || others.length > 0 || extractor.modifiers || extractor.asteriskToken)
    return undefined;
  const read = readIn(ts, extractor.body);
  if (!read || (!ts.isPropertyAccessExpression(read) && !ts.isElementAccessExpression(read)))
    return undefined;
  const { expression: cookies } = read;
  const isOfRequest =
    ts.isPropertyAccessExpression(cookies) &&
    cookies.name.text === 'cookies' &&
    ts.isIdentifier(cookies.expression) &&
    cookies.expression.text === parameter.name.getText();
  const key = ts.isPropertyAccessExpression(read) ? read.name.text : textOf(ts, read);
  return isOfRequest && key !== undefined && /^[\w.-]+$/.test(key) ? key : undefined;
}

/** The expression that a function returns, without a final `?? null` or the like. */
function readIn(typescript: typeof ts, body: ts.ConciseBody): ts.Expression | undefined {
  const [first] = typescript.isBlock(body) ? body.statements : [];
  const returned = first && typescript.isReturnStatement(first) ? first.expression : undefined;
  const value = typescript.isBlock(body) ? returned : body;
  const isOrNull =
    value &&
    typescript.isBinaryExpression(value) &&
    /^(\?\?|\|\|)$/.test(value.operatorToken.getText()) &&
    /^(null|undefined)$/.test(value.right.getText());
  return isOrNull ? value.left : value;
}

function textOf(
  typescript: typeof ts,
  { argumentExpression }: ts.ElementAccessExpression,
): string | undefined {
  return typescript.isStringLiteralLike(argumentExpression) ? argumentExpression.text : undefined;
}
