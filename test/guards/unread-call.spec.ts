import { type ExecutionContext, InternalServerErrorException, Logger } from '@nestjs/common';
import { afterEach, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { SecurityGuard } from '../../lib/guards/security.guard.js';

afterEach(() => vi.restoreAllMocks());

it('what is wrong with a handler is logged, and kept from the caller of what nobody reads', () => {
  const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
  const error = new ConfigurationError('Notes has a handler that is none of its methods (secret)');
  const policies = {
    of: () => {
      throw error;
    },
  };
  const guard = new SecurityGuard(policies as never, { of: () => [] } as never);
  const context = { getType: () => 'rpc', getClass: () => class {}, getHandler: () => () => 1 };
  expect(() => guard.canActivate(context as unknown as ExecutionContext)).toThrow(
    new InternalServerErrorException(),
  );
  expect(logged).toHaveBeenCalledWith(error);
});

it('another reader is asked for where one reads such calls and does not recognise this one', () => {
  const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
  class Notes {
    secret(): void {}
  }
  const of = () => ({ anonymous: false, alternatives: [{ schemes: [] }], schemes: [] });
  const reader = { type: 'rpc', read: () => undefined };
  const guard = new SecurityGuard({ of } as never, { of: () => [reader] } as never);
  const context = {
    getType: () => 'rpc',
    getClass: () => Notes,
    getHandler: () => Notes.prototype.secret,
  };
  expect(() => guard.canActivate(context as unknown as ExecutionContext)).toThrow('Forbidden');
  expect(logged).toHaveBeenCalledWith(
    'Notes.secret requires credentials, which nobody can read in this rpc call: add @Public() if anybody may call it, or a reader of such rpc calls to contexts in AuthModule.forRoot()',
  );
});
