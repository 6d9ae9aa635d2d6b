import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import { OAuth2Exception } from 'nestjs-security/token-endpoint';
import { digestOf } from '../secrets.js';

interface LoginRequest {
  body?: { username?: unknown; grant_type?: unknown };
  /** The key under which the attempts on this account from this address are counted. */
  loginKey?: string;
}

/** Limits how often someone may try a password; other requests to the same route pass. */
@Injectable()
export class LoginThrottlerGuard extends ThrottlerGuard {
  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    return typeof loginRequest(context).body?.username !== 'string';
  }

  protected override generateKey(
    context: ExecutionContext,
    address: string,
    throttler: string,
  ): string {
    if (throttler === 'address') return digestOf(JSON.stringify([address]));
    const request = loginRequest(context);
    request.loginKey = digestOf(JSON.stringify([address, request.body?.username]));
    return request.loginKey;
  }

  protected override async throwThrottlingException(
    context: ExecutionContext,
    { timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<never> {
    const { res } = this.getRequestResponse(context);
    this.setResponseHeader(res, 'Retry-After', timeToBlockExpire);
    throw new OAuth2Exception('temporarily_unavailable', 'Too many attempts: try again later', {
      status: 429,
    });
  }
}

export function loginRequest(context: ExecutionContext): LoginRequest {
  return context.switchToHttp().getRequest<LoginRequest>();
}
