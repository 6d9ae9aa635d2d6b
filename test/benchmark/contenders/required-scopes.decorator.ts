import { SetMetadata } from '@nestjs/common';

export const REQUIRED_SCOPES = 'benchmark:scopes';
export const IS_PUBLIC = 'benchmark:public';

/** The decorator that every tutorial on authorization begins with. */
export const RequiredScopes = (...scopes: string[]) => SetMetadata(REQUIRED_SCOPES, scopes);
