import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiForbiddenResponse,
  ApiProperty,
  type ApiResponseOptions,
  ApiSchema,
  ApiUnauthorizedResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { HTTPBearer, Security } from 'nestjs-security';
import type { GrowthContender } from './contender.js';

/** What protects and documents, written on classes or on routes. */
interface Protection {
  readonly ofClass: () => ClassDecorator[];
  readonly ofRoute: () => MethodDecorator[];
}

@Injectable()
class OpenGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

const SCOPE = 'items';

export const token = new HTTPBearer({
  schemeName: 'bearer',
  validate: () => ({ user: {}, scopes: [SCOPE] }),
});

@ApiSchema({ name: 'SecurityError', description: 'Why a request is refused.' })
export class Refused {
  @ApiProperty() message!: string;
  @ApiProperty({ required: false }) error?: string;
  @ApiProperty({ type: 'integer' }) statusCode!: number;
}

/** A response as `createDocument` of `nestjs-security/openapi` describes it. */
function refusal(
  description: string,
  example: { message: string; error: string; statusCode: number },
): ApiResponseOptions {
  return {
    description,
    headers: {
      'WWW-Authenticate': {
        description: 'A challenge for each scheme that could help: bearer.',
        schema: { type: 'string' },
      },
    },
    content: { 'application/json': { schema: { $ref: getSchemaPath(Refused) }, example } },
  };
}

const unauthorized = { message: 'Not authenticated', error: 'Unauthorized', statusCode: 401 };
const forbidden = { message: 'Insufficient scope', error: 'Forbidden', statusCode: 403 };

const byHand = (): MethodDecorator[] => [
  ApiBearerAuth(),
  ApiUnauthorizedResponse(refusal('Credentials are missing or wrong.', unauthorized)),
  ApiForbiddenResponse(refusal(`A required scope is not granted: ${SCOPE}.`, forbidden)),
];

const none = () => [];

export const protections: Readonly<Record<GrowthContender, Protection>> = {
  plain: { ofClass: none, ofRoute: none },
  'by hand': { ofClass: () => [UseGuards(OpenGuard)], ofRoute: byHand },
  'nestjs-security': { ofClass: () => [Security(token, [SCOPE])], ofRoute: none },
  'nestjs-security, each route': { ofClass: none, ofRoute: () => [Security(token, [SCOPE])] },
};
