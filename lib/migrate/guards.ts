import type ts from 'typescript';
import { strangeDecorator, strangeUse, subclassesOf } from './class-uses.js';
import { type Guard, unknown } from './facts.js';
import type { Project } from './project.js';
import { recogniseJwtGuard } from './jwt-service-guard.recogniser.js';
import {
  type PassportFacts,
  recognisePassportCall,
  recognisePassportClass,
} from './passport-guard.recogniser.js';
import { passportObstacle } from './passport-obstacle.js';
import { recogniseStrategies } from './passport-strategy.recogniser.js';
import { recogniseRolesGuard } from './roles-guard.recogniser.js';

/** Tried in this order: the first that recognises a class tells what it is, or why it stays. */
const RECOGNISERS = [recognisePassportClass, recogniseJwtGuard, recogniseRolesGuard] as const;

/** Recognises the guards of an application. */
export class Guards {
  private readonly known = new Map<ts.Node, Guard>();
  private readonly passport: PassportFacts;

  constructor(private readonly project: Project) {
    this.passport = { strategies: recogniseStrategies(project), ...passportObstacle(project) };
  }

  /** The guard that an argument of `@UseGuards` is, or a class of a provider. */
  of(expression: ts.Expression): Guard {
    const { project } = this;
    const call = recognisePassportCall(project, expression, this.passport);
    if (call !== undefined) return call;
    const name = expression.getText();
    if (!project.ts.isIdentifier(expression)) return unknown(name, 'it is not named by its class');
    const origin = project.origin(expression);
    if (origin === undefined) return unknown(name, 'where it is declared was not found');
    if ('package' in origin) {
      return project.isOutside(origin.package, expression.getSourceFile())
        ? unknown(name, `it is declared outside ${project.folder}, which is not read`)
        : unknown(name, `it is a guard of ${origin.package}`);
    }
    return this.ofDeclaration(origin.declaration, name);
  }

  private ofDeclaration(declaration: ts.Declaration, name: string): Guard {
    const known = this.known.get(declaration);
    if (known !== undefined) return known;
    const guard = this.recognise(declaration, name);
    this.known.set(declaration, guard);
    return guard;
  }

  private recognise(declaration: ts.Declaration, name: string): Guard {
    const { ts } = this.project;
    if (ts.isVariableDeclaration(declaration) && declaration.initializer) {
      const call = recognisePassportCall(this.project, declaration.initializer, this.passport);
      const odd = call && strangeUse(this.project, declaration);
      if (odd) return unknown(name, `it is used in another way at ${this.project.placeOf(odd)}`);
      if (call !== undefined) return { ...call, name };
    }
    if (!ts.isClassDeclaration(declaration)) return unknown(name, 'it is not a class');
    for (const recogniser of RECOGNISERS) {
      const guard = recogniser(this.project, declaration, this.passport);
      if (guard !== undefined) return this.whereItIsAsWritten(declaration, guard);
    }
    return unknown(name, 'it is a guard of your own that this does not know');
  }

  /** Accepts a guard only if nothing changes its class; a subclass would still read the metadata. */
  private whereItIsAsWritten(type: ts.ClassDeclaration, guard: Guard): Guard {
    const { project } = this;
    if (guard.kind === 'unknown') return guard;
    const decorator = strangeDecorator(project, type);
    if (decorator) return unknown(guard.name, `${decorator.getText()} may change it`);
    const odd = strangeUse(project, type);
    if (odd) return unknown(guard.name, `it is used in another way at ${project.placeOf(odd)}`);
    const [subclass] = subclassesOf(project, type);
    if (subclass === undefined || (guard.kind === 'authenticates' && guard.mark === undefined))
      return guard;
    const place = project.placeOf(subclass);
    return unknown(guard.name, `the class at ${place} extends it, and reads the same metadata`);
  }
}
