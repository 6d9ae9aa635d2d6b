import { type HttpException, IntrinsicException } from '@nestjs/common';
import { refusedCall } from '../refused-call.js';

/**
 * The codes in `extensions.code` by which clients tell failures apart.
 *
 * @publicApi
 */
export type GraphQLErrorCode =
  'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_REQUEST' | 'SERVICE_UNAVAILABLE' | 'INTERNAL_SERVER_ERROR';

/**
 * The `extensions` of the error that answers a refused operation or field.
 *
 * @publicApi
 */
export interface RefusalExtensions {
  readonly code: GraphQLErrorCode;
  /** The status that HTTP would answer. */
  readonly statusCode: number;
  /** The code of the `SecurityException`, such as `invalid_token`, or the status in words. */
  readonly error: string;
  /** The `WWW-Authenticate` values. */
  readonly challenges: readonly string[];
}

const CODES: Readonly<Record<number, GraphQLErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  503: 'SERVICE_UNAVAILABLE',
};

/**
 * A refusal as a GraphQL error.
 *
 * It is no `GraphQLError`, as several copies of `graphql` may be installed and GraphQL takes the extensions of any
 * error. Nor is it an `HttpException`, as drivers rewrite those and Nest logs them.
 */
export class GraphQLRefusal extends IntrinsicException {
  readonly extensions: RefusalExtensions;

  constructor(exception: HttpException, sent: readonly string[]) {
    const { message, statusCode, error, challenges } = refusedCall(exception, sent);
    super(message, { cause: exception });
    // Outside production Apollo sends an error's name and stack.
    this.name = 'GraphQLError';
    this.stack = `${this.name}: ${message}`;
    this.extensions = { code: codeOf(statusCode), statusCode, error, challenges };
  }
}

function codeOf(status: number): GraphQLErrorCode {
  return CODES[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR');
}
