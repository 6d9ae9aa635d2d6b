import type ts from 'typescript';
import type { DecoratorCall, Level } from './application.js';
import { documentChanges } from './document-changes.js';
import type { AuthenticatingGuard, RolesGuard, SchemePlan } from './facts.js';
import { FileChanges } from './file-changes.js';
import { importsOf } from './imports-of.js';
import type { Left } from './left.js';
import { ruleFileOf } from './marks.js';
import type { Plan } from './plan.js';
import { providedScheme } from './provided-scheme.js';
import { roleRuleSource } from './sources.js';
import { addModule, PACKAGE } from './root-changes.js';
import { withLineEnds } from './text-edits.js';
import { replacedAt } from './units.js';

/** A change that is made, and where. */
export interface Done {
  readonly place: string;
  readonly what: string;
}

/** Writes a plan down as changes of files. */
export class Rewrite {
  readonly changes = new Map<ts.SourceFile, FileChanges>();
  readonly created = new Map<string, string>();
  readonly done: Done[] = [];
  /** What is left besides guards. */
  readonly left: Left[] = [];
  readonly schemes = new Set<SchemePlan>();
  /** The file of the rule of each guard of roles. */
  private readonly rules = new Map<RolesGuard, string>();

  constructor(readonly plan: Plan) {
    const levels = new Set(plan.handlers.routes.flatMap(({ type, method }) => [type, method]));
    for (const level of levels) this.expectChanges(level);
    for (const level of levels) this.rewriteLevel(level);
    this.rewriteGlobals();
    if (this.done.length === 0) return;
    addModule(this);
    const options = documentChanges(this, [...levels]);
    for (const scheme of this.schemes) this.addScheme(scheme, options.get(scheme) ?? {});
  }

  of(node: ts.Node): FileChanges {
    const file = node.getSourceFile();
    const changes = this.changes.get(file) ?? new FileChanges(this.plan.project, file);
    this.changes.set(file, changes);
    return changes;
  }

  note(node: ts.Node, what: string): void {
    this.done.push({ place: this.plan.project.placeOf(node), what });
  }

  /** Announces the names that will be removed, so that new imports may use them. */
  private expectChanges(level: Level): void {
    const { units, access, marks } = this.plan;
    const changes = this.of(level.node);
    for (const key of access.marksReplaced()) {
      for (const { callee } of marks.on(key, level)) changes.expect(callee);
    }
    for (const guard of access.rolesGuards) {
      if (units.isLeft(guard.declaration)) continue;
      for (const { callee } of marks.on(guard.key, level)) changes.expect(callee);
    }
    for (const { decorator, index } of this.replacedAt(level))
      changes.expect(decorator.args[index]!);
  }

  private replacedAt(level: Level) {
    const { units } = this.plan;
    return [...replacedAt(units, level, 'authenticates'), ...replacedAt(units, level, 'roles')];
  }

  private rewriteLevel(level: Level): void {
    const { units, access, marks } = this.plan;
    for (const decorator of new Set(this.replacedAt(level).map((applied) => applied.decorator))) {
      this.rewriteGuards(level, decorator);
    }
    for (const key of access.marksReplaced()) {
      for (const call of marks.on(key, level)) this.replaceMark(call);
    }
    for (const guard of access.rolesGuards) {
      if (!units.isLeft(guard.declaration)) this.replaceRoles(guard, level);
    }
  }

  /** Guards that stay keep their decorator. */
  private rewriteGuards(level: Level, decorator: DecoratorCall): void {
    const changes = this.of(level.node);
    const { node, args } = decorator;
    const replaced = this.replacedAt(level).filter((one) => one.decorator === decorator);
    const asked = replaced
      .map(({ guard }) => guard)
      .find((guard) => guard.kind === 'authenticates');
    const text =
      asked &&
      `@${changes.use(PACKAGE, 'Security', 'Secured')}(${this.requirement(changes, asked)})`;
    this.note(node, `${node.getText()} -> ${text ?? 'nothing: its roles become rules'}`);
    if (replaced.length < args.length) {
      if (text !== undefined) changes.putBefore(node, text);
      changes.removeFromList(args, ...replaced.map(({ index }) => args[index]!));
    } else if (text === undefined) changes.remove(node);
    else changes.replace(node, text);
  }

  /** A guard's schemes as they are required in a file. */
  requirement(changes: FileChanges, { schemes }: AuthenticatingGuard): string {
    const names = schemes.map((scheme) => {
      this.schemes.add(scheme);
      return schemeName(changes, scheme);
    });
    if (names.length === 1) return names[0]!;
    return `${changes.use(PACKAGE, 'anyOf', 'anyOfSchemes')}(${names.join(', ')})`;
  }

  private replaceMark({ node, callee }: DecoratorCall): void {
    const changes = this.of(node);
    const name = changes.use(PACKAGE, 'Public', 'PublicRoute');
    changes.replace(callee, name);
    this.note(node, `${node.getText()} -> @${name}() of ${PACKAGE}`);
  }

  /** Replaces only the decorator around the roles, so that the names in them stay imported. */
  private replaceRoles(guard: RolesGuard, level: Level): void {
    const { marks, project } = this.plan;
    for (const { node, callee, args } of marks.on(guard.key, level)) {
      const changes = this.of(node);
      const rule = changes.use(changes.specifierOf(this.ruleFile(guard)), 'hasRole', 'hasOneRole');
      const authorize = changes.use(PACKAGE, 'Authorize', 'AuthorizedBy');
      const [value] = args;
      const list =
        value && project.ts.isArrayLiteralExpression(value) ? [...value.elements] : [...args];
      const isSpread = list[0] === value && marks.rolesDecorator(guard.key)?.takes === 'single';
      changes.replaceRange(
        callee.getStart(),
        list[0]!.getStart(),
        `${authorize}(${rule}(${isSpread ? '...' : ''}`,
      );
      changes.replaceRange(list.at(-1)!.getEnd(), node.getEnd(), '))');
      this.note(
        node,
        `${node.getText()} -> @${authorize}(${rule}(${marks.rolesAt(guard, level)}))`,
      );
    }
  }

  private ruleFile(guard: RolesGuard): string {
    const known = this.rules.get(guard);
    if (known !== undefined) return known;
    const { marks, project } = this.plan;
    const decorator = marks.rolesDecorator(guard.key)!;
    const imports = decorator.type ? importsOf(project, [decorator.type]) : [];
    const file = ruleFileOf(marks, guard);
    this.rules.set(guard, file);
    const source = roleRuleSource(guard, typeof imports === 'string' ? [] : imports, decorator);
    this.created.set(file, withLineEnds(source, this.plan.root.getSourceFile().text));
    return file;
  }

  private rewriteGlobals(): void {
    const { project, globals, units } = this.plan;
    const replaced = globals.filter(({ guard, node }) => units.isReplaced(guard, node));
    for (const { guard, node } of replaced) {
      if (!project.ts.isObjectLiteralExpression(node)) this.of(node).remove(node);
      const what =
        guard.kind === 'roles' ? 'the rules of its handlers' : 'security of AuthModule.forRoot()';
      this.note(node, `global ${guard.name} -> ${what}`);
    }
    const providers = replaced.map(({ node }) => node as ts.Expression);
    const [list] = providers
      .map(({ parent }) => parent)
      .filter(project.ts.isArrayLiteralExpression);
    if (list) this.of(list).removeFromList([...list.elements], ...providers);
  }

  private addScheme(
    scheme: SchemePlan,
    options: Parameters<NonNullable<SchemePlan['source']>>[0],
  ): void {
    if (scheme.isListed) return;
    const provided = providedScheme(this.plan, scheme)!;
    const changes = this.of(provided.list);
    const source = scheme.source?.(options);
    if (source !== undefined) {
      this.created.set(scheme.file, withLineEnds(source, changes.file.text));
    }
    const name = schemeName(changes, scheme);
    const { ts } = this.plan.project;
    if (ts.isArrayLiteralExpression(provided.list))
      changes.addToArray(provided.list, name, provided.element);
    else changes.addProperty(provided.list, `providers: [${name}]`);
    this.note(
      provided.list,
      `provides ${scheme.className} (${this.plan.project.nameOf(scheme.file)})`,
    );
  }
}

/** What the class of a scheme is called in a file, which imports it unless it declares it. */
function schemeName(changes: FileChanges, { className, file }: SchemePlan): string {
  return file === changes.file.fileName
    ? className
    : changes.use(changes.specifierOf(file), className, `${className}Scheme`);
}
