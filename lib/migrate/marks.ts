import { dirname, join } from 'node:path';
import type ts from 'typescript';
import type { DecoratorCall, Handlers, Level } from './application.js';
import type { AuthenticatingGuard, PublicMark, RolesGuard } from './facts.js';
import { appliedElsewhere } from './applied-elsewhere.js';
import type { Project } from './project.js';
import { type MetadataDecorator, type MetadataUse, usesOfKey } from './metadata-decorator.js';

/** The file for the rule: in the folder of the decorator that it replaces, whose imports it shares. */
export function ruleFileOf(marks: Marks, { key }: RolesGuard): string {
  const [declaration = key] = marks.declarationsOf(key);
  return join(dirname(declaration.getSourceFile().fileName), 'has-role.rule.ts');
}

/** The decorators that set metadata for guards, and whether all uses of that metadata are understood. */
export class Marks {
  private readonly known = new Map<ts.Declaration, MetadataUse>();

  private readonly levels: ReadonlyMap<ts.Node, Level>;

  constructor(
    private readonly project: Project,
    { routes }: Handlers,
  ) {
    const levels = routes.flatMap(({ type, method }) => [type, method]);
    this.levels = new Map(levels.map((level) => [level.node, level]));
  }

  /** Whether a level is marked as open. */
  isMarked({ key }: PublicMark, level: Level): boolean {
    return this.on(key, level).length > 0;
  }

  /** The decorators of a level that set a key. */
  on(key: ts.Declaration, { decorators }: Level): readonly DecoratorCall[] {
    const setters = this.usesOf(key).decorators;
    return decorators.filter(({ callee }) => {
      const declaration = this.project.declarationOf(callee);
      return declaration !== undefined && setters.has(declaration);
    });
  }

  /** The roles that a level names, as they are written; `undefined` where it names none. */
  rolesAt({ key }: RolesGuard, level: Level): string | undefined {
    const [call] = this.on(key, level);
    if (call === undefined) return undefined;
    const { ts } = this.project;
    const [value] = call.args;
    if (this.rolesDecorator(key)?.takes === 'rest')
      return call.args.map((role) => role.getText()).join(', ');
    if (value === undefined) return '';
    return ts.isArrayLiteralExpression(value)
      ? value.elements.map((role) => role.getText()).join(', ')
      : `...${value.getText()}`;
  }

  rolesDecorator(key: ts.Declaration): MetadataDecorator | undefined {
    return [...this.usesOf(key).decorators.values()][0];
  }

  /** The declarations of the decorators that set a key. */
  declarationsOf(key: ts.Declaration): readonly ts.Declaration[] {
    return [...this.usesOf(key).decorators.keys()];
  }

  /** Why a mark cannot be replaced along with these guards, which read it. */
  obstacleToMark(key: ts.Declaration, guards: readonly AuthenticatingGuard[]): string | undefined {
    const uses = this.usesOf(key);
    if ([...uses.decorators.values()].some(({ takes }) => takes !== 'true'))
      return 'its mark for public routes is given a value';
    return this.obstacle(
      uses,
      new Set(guards.map(({ declaration }) => declaration)),
      ({ args }) => args.length === 0,
    );
  }

  /** Why the roles of a guard cannot become rules. */
  obstacleToRoles({ key, declaration }: RolesGuard): string | undefined {
    const uses = this.usesOf(key);
    const [decorator, ...others] = uses.decorators.values();
    if (decorator === undefined || others.length > 0 || decorator.takes === 'true') {
      return 'the decorator that names its roles was not found';
    }
    return this.obstacle(uses, new Set([declaration]), ({ args }) => {
      const [value] = args;
      const isEmpty =
        value && this.project.ts.isArrayLiteralExpression(value) && value.elements.length === 0;
      return value !== undefined && !isEmpty && (decorator.takes === 'rest' || args.length === 1);
    });
  }

  private usesOf(key: ts.Declaration): MetadataUse {
    const known = this.known.get(key) ?? usesOfKey(this.project, key);
    this.known.set(key, known);
    return known;
  }

  private obstacle(
    { decorators, readers, strays }: MetadataUse,
    guards: ReadonlySet<ts.ClassDeclaration | undefined>,
    isPlain: (call: DecoratorCall) => boolean,
  ): string | undefined {
    const { project } = this;
    const place = (node: ts.Node) => project.placeOf(node);
    const [stray] = strays.filter((node) => !project.isTest(node));
    if (stray) return `its metadata is used in another way, or may be, at ${place(stray)}`;
    const reader = [...readers].find((type) => !guards.has(type));
    if (reader)
      return `${reader.name?.text ?? 'another guard'} (${place(reader)}) reads the same metadata`;
    for (const type of guards) {
      const unseen = type && appliedElsewhere(project, type, this.levels);
      if (unseen) return `its guard stays at ${place(unseen)}`;
    }
    for (const declaration of decorators.keys()) {
      const odd = project
        .referencesTo(declaration)
        .find(
          (name) => !project.isTest(name) && !this.isPlain(name, isPlain) && !this.isRead(name),
        );
      if (odd) return `${odd.text} is not a plain decorator of a route at ${place(odd)}`;
    }
    return undefined;
  }

  /** Whether a decorator is used only once on a handler that was found, or on its class. */
  private isPlain(callee: ts.Identifier, isPlain: (call: DecoratorCall) => boolean): boolean {
    const { ts } = this.project;
    const call = callee.parent;
    if (!ts.isCallExpression(call) || call.expression !== callee || !ts.isDecorator(call.parent))
      return false;
    const same = this.levels
      .get(call.parent.parent)
      ?.decorators.filter((other) => other.callee.text === callee.text);
    return same?.length === 1 && isPlain(same[0]!);
  }

  /** Whether a name is the key in a guard's read: a decorator of `Reflector.createDecorator` is its own key. */
  private isRead(name: ts.Identifier): boolean {
    const { ts } = this.project;
    return ts.isCallExpression(name.parent) && name.parent.arguments[0] === name;
  }
}
