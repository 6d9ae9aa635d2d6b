import { posix } from 'node:path';
import { listClass, type Place } from '../migrate/list-class.js';
import { type GeneratedClass, generatedClass } from './generated-class.js';
import { ruleSource, ruleSpecSource } from './rule-source.js';
import { schemeSource, schemeSpecSource, type SchemeType } from './scheme-source.js';
import { rootModuleFile } from './root-module.js';
import type { Context, GenerateOptions, Tree, TreeRule } from './tree.js';

/** `nest g -c nestjs-security scheme user-token`: the class of a scheme, its spec and its registration. */
export function scheme(options: GenerateOptions & { readonly type?: SchemeType }): TreeRule {
  const { type = 'bearer' } = options;
  return (tree, context) => {
    const generated = generatedClass(tree, 'scheme', options);
    const { className, specifier } = generated;
    tree.create(generated.file, schemeSource(className, type));
    if (options.spec !== false)
      tree.create(generated.specFile, schemeSpecSource(className, type, specifier));
    return listIn(
      { call: 'AuthModule.forRoot', property: 'schemes' },
      generated,
      options,
      tree,
      context,
    );
  };
}

/** `nest g -c nestjs-security rule owns-note`: the class of a rule, its spec and its registration. */
export function rule(options: GenerateOptions): TreeRule {
  return (tree, context) => {
    const generated = generatedClass(tree, 'rule', options);
    const { className, specifier } = generated;
    tree.create(generated.file, ruleSource(className));
    if (options.spec !== false)
      tree.create(generated.specFile, ruleSpecSource(className, specifier));
    return listIn({ call: 'Module', property: 'providers' }, generated, options, tree, context);
  };
}

/** What cannot be listed by itself is said, and is no error: the files are there. */
function listIn(
  place: Place,
  generated: GeneratedClass,
  { skipImport, sourceRoot = 'src' }: GenerateOptions,
  tree: Tree,
  { logger }: Context,
): Tree {
  if (skipImport === true) return tree;
  const { className } = generated;
  let module = posix.join(sourceRoot, 'app.module.ts');
  const target = `the ${place.property} of ${place.call === 'Module' ? '@Module()' : `${place.call}()`}`;
  try {
    module = rootModuleFile(tree, sourceRoot);
    const text = tree.exists(module) ? tree.read(module)?.toString() : undefined;
    const listed = text && listClass(text, module, generated, place);
    if (listed) {
      tree.overwrite(module, listed);
      return tree;
    }
    logger.warn(
      `${module} has no plain list to add to: add ${className} to ${target} in your root module`,
    );
  } catch (error) {
    logger.warn(`${(error as Error).message}. Add ${className} to ${target} in your root module`);
  }
  return tree;
}
