import { defineAbility, subject } from '@casl/ability';
import { Controller, Get, Injectable, Param, Patch } from '@nestjs/common';
import { Authorize, Rule, type RuleCall, Security } from 'nestjs-security';
import { type User, UserToken } from './user-token.js';

interface Invoice {
  readonly owner: string;
  readonly paid: boolean;
}

@Injectable()
export class Invoices {
  private readonly known = new Map<string, Invoice>([
    ['1', { owner: 'bob', paid: false }],
    ['2', { owner: 'bob', paid: true }],
  ]);
  async find(id: string) {
    return this.known.get(id);
  }
}

/** What a user may do, in one place. */
export function abilityOf(user: User) {
  return defineAbility((can) => {
    can('read', 'Invoice', { owner: user.id });
    can('pay', 'Invoice', { owner: user.id, paid: false });
    if (user.roles.includes('admin')) can('manage', 'all');
  });
}

/** A rule for each action on an invoice; the class of each is a provider. */
function mayOnInvoice(action: string) {
  @Injectable()
  class MayOnInvoice extends Rule<User> {
    constructor(readonly invoices: Invoices) {
      super(`You may ${action} the invoice.`);
    }
    async allows({ user, params }: RuleCall<User>) {
      const invoice = await this.invoices.find(params['id']!);
      return (
        invoice !== undefined &&
        abilityOf(user).can(action, subject('Invoice', { ...invoice }))
      );
    }
  }
  return MayOnInvoice;
}

export const MayReadInvoice = mayOnInvoice('read');
export const MayPayInvoice = mayOnInvoice('pay');

@Controller('invoices/:id')
@Security(UserToken)
export class InvoicesController {
  @Get()
  @Authorize(MayReadInvoice)
  read(@Param('id') id: string) {
    return { id };
  }

  @Patch()
  @Authorize(MayPayInvoice)
  pay(@Param('id') id: string) {
    return { id };
  }
}
