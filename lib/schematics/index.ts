import { type GeneratedClass, generatedClass } from './generated-class.js';
import { registerRule, registerScheme } from './registration.js';
import { ruleSource, ruleSpecSource } from './rule-source.js';
import { schemeSource, schemeSpecSource, type SchemeType } from './scheme-source.js';
import type { Context, GenerateOptions, Tree, TreeRule } from './tree.js';

/** `nest g -c nestjs-security scheme user-token`: the class of a scheme, its spec and its registration. */
export function scheme(options: GenerateOptions & { readonly type?: SchemeType }): TreeRule {
  const { type = 'bearer' } = options;
  return (tree, context) => {
    const generated = generatedClass(tree, 'scheme', options);
    const { className, specifier } = generated;
    create(tree, generated, schemeSource(className, type));
    if (options.spec !== false)
      tree.create(generated.specFile, schemeSpecSource(className, type, specifier));
    return register(registerScheme, generated, options, tree, context);
  };
}

/** `nest g -c nestjs-security rule owns-note`: the class of a rule, its spec and its registration. */
export function rule(options: GenerateOptions): TreeRule {
  return (tree, context) => {
    const generated = generatedClass(tree, 'rule', options);
    const { className, specifier } = generated;
    create(tree, generated, ruleSource(className));
    if (options.spec !== false)
      tree.create(generated.specFile, ruleSpecSource(className, specifier));
    return register(registerRule, generated, options, tree, context);
  };
}

/** @throws Error where the class has the name of what its file imports, which would not compile. */
function create(tree: Tree, { className, file }: GeneratedClass, source: string): void {
  const [...imports] = source.matchAll(/^import .*/gm);
  if (imports.some(([line]) => new RegExp(`\\b${className}\\b`).test(line))) {
    throw new Error(`${className} is the name of what its file imports: choose another`);
  }
  tree.create(file, source);
}

/** Registers a class, or logs how to do so by hand. That is no error, as the files were created. */
function register(
  registered: typeof registerScheme,
  generated: GeneratedClass,
  { skipImport, sourceRoot = 'src' }: GenerateOptions,
  tree: Tree,
  { logger }: Context,
): Tree {
  if (skipImport === true) return tree;
  try {
    const advice = registered(tree, sourceRoot, generated);
    if (advice !== undefined) logger.warn(advice);
  } catch (error) {
    const { className, file } = generated;
    logger.warn(
      `${(error as Error).message}. ${className} (${file}) is not registered in your root module`,
    );
  }
  return tree;
}
