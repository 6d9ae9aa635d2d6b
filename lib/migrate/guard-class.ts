import type ts from 'typescript';
import { normalForm } from './normal-form.js';
import type { Project } from './project.js';

/** The expression that a class extends. */
export function baseOf({ ts }: Project, type: ts.ClassDeclaration): ts.Expression | undefined {
  const clause = type.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  return clause?.types[0]?.expression;
}

/**
 * The methods of a class in normal form, by name; `undefined` where it has other members than methods and a
 * constructor.
 */
export function methodsOf(
  { ts }: Project,
  type: ts.ClassDeclaration,
): ReadonlyMap<string, { readonly node: ts.MethodDeclaration; readonly form: string }> | undefined {
  const methods = new Map<string, { node: ts.MethodDeclaration; form: string }>();
  for (const member of type.members) {
    if (ts.isConstructorDeclaration(member)) continue;
    if (!ts.isMethodDeclaration(member)) return undefined;
    methods.set(member.name.getText(), { node: member, form: normalForm(ts, member) });
  }
  return methods;
}

/** The parameters that are injected into a class; `undefined` where its constructor does more than take them. */
export function injected(
  { ts }: Project,
  type: ts.ClassDeclaration,
): readonly ts.ParameterDeclaration[] | undefined {
  const constructor = type.members.find(ts.isConstructorDeclaration);
  if (constructor === undefined) return [];
  const statements = constructor.body?.statements ?? [];
  const isIdle = statements.every((statement) => /^super\(\);?$/.test(statement.getText()));
  return isIdle ? [...constructor.parameters] : undefined;
}

/** Whether a parameter is Nest's reflector, and not what is injected by another token. */
export function isReflector(project: Project, parameter: ts.ParameterDeclaration): boolean {
  const { ts } = project;
  const { type } = parameter;
  const tokens = (ts.getDecorators(parameter) ?? []).map(({ expression }) =>
    ts.isCallExpression(expression) ? expression.arguments[0] : undefined,
  );
  return (
    type !== undefined &&
    ts.isTypeReferenceNode(type) &&
    [type.typeName, ...tokens].every(
      (name) => name !== undefined && project.isFrom(name, '@nestjs/core', 'Reflector'),
    )
  );
}
