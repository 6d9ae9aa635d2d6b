import type ts from 'typescript';
import type { RolesGuard, SchemeOptions, SchemePlan } from './facts.js';
import { FileChanges } from './file-changes.js';
import { importsOf } from './imports-of.js';
import type { Project } from './project.js';
import type { MetadataDecorator } from './metadata-decorator.js';

/** The file of a scheme that runs a Passport strategy. */
export function passportSchemeSource(
  project: Project,
  strategy: ts.ClassDeclaration,
  className: string,
  securityScheme: string,
  options: SchemeOptions,
): string {
  const name = strategy.name!.text;
  const hasValidate = strategy.members.some((member) => member.name?.getText() === 'validate');
  const user = hasValidate ? `<NonNullable<Awaited<ReturnType<${name}['validate']>>>>` : '';
  const specifier = new FileChanges(project, strategy.getSourceFile()).specifierOf(
    strategy.getSourceFile().fileName,
  );
  const strategyImport = `import { ${name} } from '${specifier}';`;
  return `import { Injectable } from '@nestjs/common';
import { PassportScheme } from 'nestjs-security';
${strategyImport}

/** Callers that ${name} lets in. */
@Injectable()
export class ${className} extends PassportScheme${user} {
  constructor(strategy: ${name}) {
    super({
      strategy,
      securityScheme: ${securityScheme},
${optionLines(options, '      ')}    });
  }
}
`;
}

/** The file of a scheme that verifies a token as a guard did; or why it cannot be written. */
export function jwtSchemeSource(
  project: Project,
  className: string,
  verify: ts.CallExpression,
  parameters: readonly ts.ParameterDeclaration[],
): SchemePlan['source'] | string {
  const imports = importsOf(project, [...parameters, ...verify.arguments.slice(1)]);
  if (typeof imports === 'string') return imports;
  const injected = parameters.map((parameter) => withPrivate(project, parameter)).join(', ');
  const service = (verify.expression as ts.PropertyAccessExpression).expression.getText();
  const rest = verify.arguments.slice(1).map((argument) => `, ${argument.getText()}`);
  const verification = `await ${service}.verifyAsync(credentials${rest.join('')})`;
  return (options) => jwtScheme(className, imports.join('\n'), injected, verification, options);
}

function jwtScheme(
  className: string,
  imports: string,
  injected: string,
  verification: string,
  options: SchemeOptions,
): string {
  return `import { Injectable } from '@nestjs/common';
${imports}
import { HTTPBearer, type HTTPAuthorizationCredentials } from 'nestjs-security';

/** Callers with a token that JwtService verifies. */
@Injectable()
export class ${className} extends HTTPBearer<object> {
  constructor(${injected}) {
    super({ bearerFormat: 'JWT'${inlineOptions(options)} });
  }

  override async validate({ credentials }: HTTPAuthorizationCredentials) {
    try {
      const user: object = ${verification};
      return { user };
    } catch {
      return null; // 401
    }
  }
}
`;
}

/** The file of the rule that stands for a guard of roles. */
export function roleRuleSource(
  { property, many, name }: RolesGuard,
  imports: readonly string[],
  { type }: MetadataDecorator,
): string {
  const list = type?.getText() ?? 'string[]';
  const element = list.endsWith('[]') ? list.slice(0, -2) : `${list}[number]`;
  const held = many ? `user.${property}?.includes(role) === true` : `user.${property} === role`;
  const item = /^\w+$/.test(element) ? element : `(${element})`;
  const user = many ? `{ ${property}?: readonly ${item}[] }` : `{ ${property}?: ${element} }`;
  return `import { rule } from 'nestjs-security';
${imports.map((line) => `${line}\n`).join('')}
/** What ${name} asked for: one of these roles. */
export const hasRole = (...roles: ${list}) =>
  rule<${user}>(\`One of the roles: \${roles.join(', ')}.\`, ({ user }) =>
    roles.some((role) => ${held}),
  );
`;
}

function withPrivate({ ts }: Project, parameter: ts.ParameterDeclaration): string {
  const isProperty = parameter.modifiers?.some(({ kind }) => kind !== ts.SyntaxKind.Decorator);
  return isProperty ? parameter.getText() : `private readonly ${parameter.getText()}`;
}

function inlineOptions(options: SchemeOptions): string {
  return optionLines(options, ', ').replaceAll(',\n', '');
}

function optionLines({ schemeName, description }: SchemeOptions, indent: string): string {
  const lines = [
    ...(schemeName === undefined ? [] : [`schemeName: '${schemeName}'`]),
    ...(description === undefined ? [] : [`description: ${description}`]),
  ];
  return lines.map((line) => `${indent}${line},\n`).join('');
}
