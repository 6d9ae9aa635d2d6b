import type ts from 'typescript';
import type { TypeScript } from './typescript.js';

/** Syntax trees of files, without the meaning of names. */
export class Syntax {
  constructor(
    readonly ts: TypeScript,
    readonly files: readonly ts.SourceFile[] = [],
  ) {}

  *all<Node extends ts.Node>(is: (node: ts.Node) => node is Node): Generator<Node> {
    for (const file of this.files) yield* this.within(file, is);
  }

  *within<Node extends ts.Node>(
    root: ts.Node,
    is: (node: ts.Node) => node is Node,
  ): Generator<Node> {
    if (is(root)) yield root;
    const children: ts.Node[] = [];
    this.ts.forEachChild(root, (child) => void children.push(child));
    for (const child of children) yield* this.within(child, is);
  }
}
