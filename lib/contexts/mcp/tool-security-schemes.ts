import type { Policy } from '../../policies/policy.js';

/** How clients are told what a tool needs: not at all, or a token with some scopes. */
type ToolSecurityScheme =
  { readonly type: 'noauth' } | { readonly type: 'oauth2'; readonly scopes?: readonly string[] };

const OF_TOKENS: readonly string[] = ['oauth2', 'openIdConnect'];

/** A policy as `_meta.securitySchemes` of a tool has it; keys and the like it has no name for. */
export function toolSecuritySchemes(policy: Policy): ToolSecurityScheme[] {
  return policy.alternatives.flatMap((schemes, index): ToolSecurityScheme[] => {
    if (schemes.length === 0) return [{ type: 'noauth' }];
    const isOfTokens = schemes.every(({ scheme }) => OF_TOKENS.includes(scheme.describe().type));
    const scopes = policy.required[index]!;
    if (!isOfTokens) return [];
    return [scopes.length === 0 ? { type: 'oauth2' } : { type: 'oauth2', scopes }];
  });
}
