import {
  allOf,
  anonymous,
  anyOf,
  APIKeyHeader,
  Authorize,
  optional,
  Rule,
  rule,
  type RuleCall,
  Security,
} from 'nestjs-security';
import { holds, type Same } from './same.js';

interface User {
  id: string;
  roles: string[];
}

class Key extends APIKeyHeader<User> {}

const admin = rule<User>('Administrators only.', ({ user }) => user.roles.includes('admin'));
const later = rule<User>('Later.', async ({ user }) => user.id === 'ada');
const numbered = rule<User, { id: number }>('Even ones.', ({ params }) => params.id % 2 === 0);

class OwnsNote extends Rule<User> {
  constructor(private readonly owner: string) {
    super('The note is yours.');
  }
  async allows({ user, params }: RuleCall<User>) {
    holds<Same<typeof user, User>>();
    holds<Same<typeof params, Readonly<Record<string, string>>>>();
    return params['id'] === user.id && this.owner === user.id;
  }
}

class Anything extends Rule {
  allows({ user, scopes }: RuleCall) {
    holds<Same<typeof user, unknown>>();
    holds<Same<typeof scopes, ReadonlySet<string>>>();
    return scopes.has('all');
  }
}

// @Authorize takes rules, their classes, and combinations.
Authorize(admin);
Authorize(admin, later, numbered, OwnsNote, Anything, new OwnsNote('ada'));
Authorize(anyOf(admin, OwnsNote));
Authorize(allOf(anyOf(admin, OwnsNote), later), anyOf(allOf(numbered), Anything));

// @ts-expect-error it needs a rule
Authorize();
// @ts-expect-error a scheme is no rule
Authorize(Key);
// @ts-expect-error a combination of schemes is no rule
Authorize(anyOf(Key));
// @ts-expect-error a requirement is no rule
Authorize(anonymous);
// @ts-expect-error a function is no rule
Authorize(() => true);
// @ts-expect-error any class is no rule
Authorize(class Other {});
// @ts-expect-error undefined, as where two files import each other
Authorize(undefined);

// Rules and schemes do not mix.
// @ts-expect-error a scheme and a rule
anyOf(Key, admin);
// @ts-expect-error a rule and a scheme
anyOf(OwnsNote, Key);
// @ts-expect-error all of a scheme and a rule
allOf(Key, OwnsNote);
// @ts-expect-error a rule within schemes
anyOf(Key, allOf(admin));
// @ts-expect-error a scheme within rules
allOf(admin, anyOf(Key));
// @ts-expect-error an optional rule
optional(admin);
// @ts-expect-error anonymous is no rule
anyOf(admin, anonymous);
// @ts-expect-error a rule is no requirement
Security(admin);
// @ts-expect-error the class of a rule is no requirement
Security(OwnsNote);
// @ts-expect-error rules combined are no requirement
Security(anyOf(admin, later));

// @ts-expect-error an answer is a boolean
rule('One.', () => 1);
// @ts-expect-error a promise of one
rule('One.', async () => 'yes');
// @ts-expect-error a rule has words
rule(() => true);
// @ts-expect-error the user is not known to have roles
rule('Roles.', ({ user }) => user.roles.length > 0);
// @ts-expect-error a number of the message is no text
rule<User, { id: number }>('Text.', ({ params }) => params.id.startsWith('1'));
