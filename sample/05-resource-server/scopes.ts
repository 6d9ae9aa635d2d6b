/** What a token may be good for, and how a person is asked for it. */
export const SCOPES = {
  'notes:read': 'Read your notes.',
  'notes:write': 'Write notes.',
};

export type Scope = keyof typeof SCOPES;
