import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { JSONWebKeySet } from 'jose';
import { Public } from 'nestjs-security';
import { SigningKeys } from './signing-keys.js';

@Controller('.well-known/jwks.json')
@Public()
export class KeysController {
  constructor(private readonly keys: SigningKeys) {}

  /** What verifies the access tokens of this server. */
  @Get()
  @ApiOperation({ summary: 'Always 200: the public keys' })
  @ApiOkResponse({ description: 'A JSON Web Key Set.' })
  jwks(): Promise<JSONWebKeySet> {
    return this.keys.published();
  }
}
