import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { concatMap, type Observable } from 'rxjs';
import { LoginAttemptsStorage } from './login-attempts.storage.js';
import { loginRequest } from './login-throttler.guard.js';

/** Forgets the failed attempts on an account once someone has logged in to it from the same address. */
@Injectable()
export class LoginSuccessInterceptor implements NestInterceptor {
  constructor(private readonly storage: LoginAttemptsStorage) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { loginKey, body } = loginRequest(context);
    // Another grant may succeed beside a name that somebody guesses the password of.
    const isLogin = body?.grant_type === undefined || body.grant_type === 'password';
    if (loginKey === undefined || !isLogin) return next.handle();
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        await this.storage.reset(loginKey);
        return answer;
      }),
    );
  }
}
