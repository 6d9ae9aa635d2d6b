import { Controller, Post } from '@nestjs/common';
import { Authorize, rule, Security, SecurityException } from 'nestjs-security';
import { type User, UserToken } from './user-token.js';

interface Login {
  /** How strong it has to be, as OpenID Connect's `acr` says. */
  readonly acr: string;
  /** How old it may be, in seconds. */
  readonly maxAge: number;
}

/** RFC 9470: a good token whose login is too weak or too old; the client logs in again. */
export class InsufficientUserAuthenticationException extends SecurityException {
  readonly code = 'insufficient_user_authentication';

  constructor({ acr, maxAge }: Login) {
    const params = [
      'error="insufficient_user_authentication"',
      'error_description="A stronger or more recent login is required"',
      `acr_values="${acr}"`,
      `max_age="${maxAge}"`,
    ];
    const challenge = `Bearer ${params.join(', ')}`;
    super(401, 'A stronger or more recent login is required', 'Unauthorized', {
      challenge,
    });
  }
}

export const recentLogin = (login: Login) =>
  rule<User>(
    `The login is by ${login.acr}, no longer than ${login.maxAge} s ago.`,
    ({ user }) => {
      const isRecent = Date.now() / 1000 - user.authTime <= login.maxAge;
      if (user.acr === login.acr && isRecent) return true;
      throw new InsufficientUserAuthenticationException(login);
    },
  );

@Controller('transfers')
@Security(UserToken)
export class TransfersController {
  @Post()
  @Authorize(recentLogin({ acr: 'mfa', maxAge: 300 }))
  create() {
    return 'sent';
  }
}
