import { Controller, Get, Inject, Injectable, Param } from '@nestjs/common';
import { Authorize, Rule, type RuleCall, Security } from 'nestjs-security';
import { type User, UserToken } from './user-token.js';

/** Where OpenFGA answers; Cedar and OPA are asked in the same way. */
export const OPENFGA_URL = Symbol('OPENFGA_URL');

/** Whoever waits for an answer no longer than this is told 503. */
const TIMEOUT = 1000;

@Injectable()
export class Relations {
  constructor(@Inject(OPENFGA_URL) private readonly url: string) {}

  async check(user: string, relation: string, object: string): Promise<boolean> {
    const response = await fetch(new URL('check', this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        tuple_key: { user: `user:${user}`, relation, object },
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    // An error is no answer: the call is refused with 500.
    if (!response.ok) throw new Error(`The relations answer ${response.status}`);
    const { allowed } = (await response.json()) as { allowed?: unknown };
    return allowed === true;
  }
}

@Injectable()
export class ViewsDocument extends Rule<User> {
  constructor(private readonly relations: Relations) {
    super('The document is shared with you.');
  }
  allows({ user, params }: RuleCall<User>) {
    return this.relations.check(user.id, 'viewer', `document:${params['id']}`);
  }
}

@Controller('documents/:id')
@Security(UserToken)
export class DocumentsController {
  @Get()
  @Authorize(ViewsDocument)
  read(@Param('id') id: string) {
    return { id };
  }
}
