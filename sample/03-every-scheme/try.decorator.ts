import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DemoUser } from './demo-user.js';

/** Says at an operation of the page what to do and what will happen. */
export function Try(what: string, how: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: what, description: how }),
    ApiOkResponse({ type: DemoUser, description: 'You are `demo`.' }),
  );
}
