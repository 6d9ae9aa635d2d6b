/** The source of a rule, which allows nothing until it is filled in. */
export function ruleSource(className: string): string {
  return `import { Injectable } from '@nestjs/common';
import { Rule, type RuleCall } from 'nestjs-security';

@Injectable()
export class ${className} extends Rule {
  constructor() {
    super('Say here who may call.'); // in documents, and in the 403
  }

  /** Nobody yet: ask what \`call.user\` may do with \`call.params\`. */
  allows(_call: RuleCall): boolean {
    return false;
  }
}
`;
}

/** The spec of such a rule. */
export function ruleSpecSource(className: string, specifier: string): string {
  const ruleImport = `import { ${className} } from '${specifier}';`;
  return `import type { RuleCall } from 'nestjs-security';
${ruleImport}

describe('${className}', () => {
  const rule = new ${className}();

  it('should refuse whom it does not know', () => {
    expect(rule.allows({ user: {} } as RuleCall)).toBe(false);
  });
});
`;
}
