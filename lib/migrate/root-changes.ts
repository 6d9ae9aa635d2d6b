import type ts from 'typescript';
import type { AuthenticatingGuard } from './facts.js';
import type { FileChanges } from './file-changes.js';
import { addToList } from './module-text.js';
import type { Rewrite } from './rewrite.js';

export const PACKAGE = 'nestjs-security';

/** Imports `AuthModule` in the root module, or adds to its options there. */
export function addModule(rewrite: Rewrite): void {
  const { present, root } = rewrite.plan;
  const changes = rewrite.of(root);
  const options = moduleOptions(rewrite, changes);
  if (present.options !== undefined) {
    for (const option of options.filter((one) => !one.startsWith('guardsBefore')))
      changes.addProperty(present.options, option);
    return;
  }
  const module = `${changes.use(PACKAGE, 'AuthModule', 'SecurityModule')}.forRoot({${options.length > 0 ? ` ${options.join(', ')} ` : ''}})`;
  const { imports } = present;
  if (imports) addToList(rewrite.plan.project, changes, imports, 'imports', module);
  rewrite.note(root, `imports ${module}`);
}

function moduleOptions(rewrite: Rewrite, changes: FileChanges): string[] {
  const { globals, units } = rewrite.plan;
  const [asked] = globals.filter(
    ({ guard, node }) => guard.kind === 'authenticates' && units.isReplaced(guard, node),
  );
  const before = rewrite.plan.guardsBefore().map(({ type }) => nameIn(rewrite, changes, type));
  return [
    ...(asked
      ? [`security: ${rewrite.requirement(changes, asked.guard as AuthenticatingGuard)}`]
      : []),
    ...(before.length > 0 ? [`guardsBefore: [${before.join(', ')}]`] : []),
  ];
}

/** What a guard is called in the file of the root module. */
function nameIn({ plan: { project } }: Rewrite, changes: FileChanges, type: ts.Identifier): string {
  if (type.getSourceFile() === changes.file) return type.text;
  const origin = project.origin(type);
  if (origin && 'package' in origin)
    return changes.use(origin.package, origin.name, `Global${origin.name}`);
  const file = project.classOf(type)!.getSourceFile();
  if (file === changes.file) return type.text;
  const { name } = project.classOf(type)!;
  return changes.use(changes.specifierOf(file.fileName), name!.text, `Global${name!.text}`);
}
