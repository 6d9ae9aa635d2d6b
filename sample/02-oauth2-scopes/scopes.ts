/** What a token may be good for, and how a person is asked for it. */
export const SCOPES = {
  me: 'Read information about the current user.',
  items: 'Read items.',
};

export type Scope = keyof typeof SCOPES;
