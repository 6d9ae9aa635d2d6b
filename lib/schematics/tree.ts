/** The workspace's files that a schematic works on, as in `@angular-devkit/schematics`. */
export interface Tree {
  exists(path: string): boolean;
  read(path: string): { toString(): string } | null;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
  /** A folder, whose files are visited with those of its folders. */
  getDir(path: string): { visit(visitor: (path: string) => void): void };
}

/** The context of a schematic, with a logger for what it did and did not do. */
export interface Context {
  readonly logger: { info(message: string): void; warn(message: string): void };
}

/** What a factory of a schematic returns. */
export type TreeRule = (tree: Tree, context: Context) => Tree;

/** Options as `nest generate` passes them. */
export interface GenerateOptions {
  readonly name: string;
  readonly path?: string;
  readonly sourceRoot?: string;
  readonly flat?: boolean;
  readonly spec?: boolean;
  readonly specFileSuffix?: string;
  readonly skipImport?: boolean;
}
