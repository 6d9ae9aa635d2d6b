import type ts from 'typescript';
import type { Handler, Level } from './application.js';
import { arrayOf, moduleOptions } from './modules.js';
import type { Project } from './project.js';

const DECORATORS = ['Security', 'Public', 'Scopes', 'Authorize'];

/** The parts of this package that the application already uses. */
export class Present {
  /** The options of its `AuthModule.forRoot({ ... })`. */
  readonly options: ts.ObjectLiteralExpression | undefined;
  /** The `imports` of the root module, where `AuthModule` is not yet among them; the module's options without any. */
  readonly imports: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression | undefined;
  /** Why nothing can be added to these, if so. */
  readonly obstacle: string | undefined;

  constructor(
    private readonly project: Project,
    root: ts.ClassDeclaration,
  ) {
    const { ts } = project;
    const calls = [...project.all(ts.isCallExpression)].filter((call) => this.isForRoot(call));
    const [call] = calls;
    const [given] = call?.arguments ?? [];
    this.options = given && ts.isObjectLiteralExpression(given) ? given : undefined;
    const module = moduleOptions(project, root);
    const imports = module && arrayOf(project, module, 'imports');
    this.imports = imports === 'none' ? module : imports === 'other' ? undefined : imports;
    this.obstacle = call ? this.obstacleIn(call) : this.obstacleWithout(root);
  }

  /** Whether a requirement of this package counts for a handler. */
  isDeclared({ type, method }: Handler): boolean {
    const all = this.options?.properties.some(({ name }) => name?.getText() === 'security');
    return all === true || [type, method].some((level) => this.isDecorated(level));
  }

  private isDecorated({ decorators }: Level): boolean {
    return decorators.some(({ callee }) =>
      this.project.isFrom(callee, 'nestjs-security', ...DECORATORS),
    );
  }

  private isForRoot(call: ts.CallExpression): boolean {
    const { ts } = this.project;
    const { expression } = call;
    return (
      !this.project.isTest(call) &&
      ts.isPropertyAccessExpression(expression) &&
      expression.name.text.startsWith('forRoot') &&
      this.project.isFrom(expression.expression, 'nestjs-security', 'AuthModule')
    );
  }

  private obstacleIn(call: ts.CallExpression): string | undefined {
    const place = this.project.placeOf(call);
    if (this.options === undefined)
      return `the options of AuthModule at ${place} are not written out`;
    const names = this.options.properties.map(({ name }) => name?.getText());
    const odd = names.find(
      (name) =>
        name !== 'schemes' && name !== 'imports' && name !== 'security' && name !== 'guardsBefore',
    );
    return odd === undefined
      ? undefined
      : `AuthModule at ${place} has options besides schemes, imports, security and guardsBefore`;
  }

  private obstacleWithout(root: ts.ClassDeclaration): string | undefined {
    if (this.imports !== undefined) return undefined;
    return `the imports of ${root.name?.text ?? 'the root module'} are not a list that is written out`;
  }
}
