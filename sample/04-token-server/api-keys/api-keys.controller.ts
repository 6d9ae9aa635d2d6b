import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { CurrentUser, GrantedScopes, Security } from 'nestjs-security';
import { APIKeys } from 'nestjs-security/api-keys';
import { ServiceToken } from '../service-token.scheme.js';
import { APIKey, NewAPIKey, toAPIKey, toNewAPIKey } from './api-key.js';
import { APIKeysStore } from './api-keys.store.js';

const DAY = 24 * 60 * 60;

/** A client's own keys; a key itself cannot issue keys. */
@Controller('api-keys')
@Security(ServiceToken)
export class APIKeysController {
  constructor(
    private readonly keys: APIKeys,
    private readonly store: APIKeysStore,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Under ServiceToken as backend: its keys' })
  @ApiOkResponse({ type: [APIKey] })
  async list(@CurrentUser() client: string): Promise<APIKey[]> {
    return (await this.store.ofOwner(client)).map(toAPIKey);
  }

  /** A key is good for what the token is that asks for it. */
  @Post()
  @ApiOperation({ summary: 'Under ServiceToken as backend: 201, a key that is shown this once' })
  @Header('Cache-Control', 'no-store')
  @ApiCreatedResponse({ type: NewAPIKey })
  async issue(
    @CurrentUser() client: string,
    @GrantedScopes() scopes: ReadonlySet<string>,
  ): Promise<NewAPIKey> {
    return toNewAPIKey(
      await this.keys.issue({ owner: client, scopes: [...scopes], expiresIn: 90 * DAY }),
    );
  }

  /** Another key, while the first is good for one more day. */
  @Post(':id/rotation')
  @ApiOperation({ summary: 'With the id of a key: 201, another key; with any other: 404' })
  @Header('Cache-Control', 'no-store')
  @ApiCreatedResponse({ type: NewAPIKey })
  async rotate(@CurrentUser() client: string, @Param('id') id: string): Promise<NewAPIKey> {
    await this.requireOwn(client, id);
    const issued = await this.keys.rotate(id, { overlap: DAY });
    if (issued === null) throw new NotFoundException();
    return toNewAPIKey(issued);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'With the id of a key: 204, it lets nobody in any more' })
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@CurrentUser() client: string, @Param('id') id: string): Promise<void> {
    await this.requireOwn(client, id);
    await this.keys.revoke(id);
  }

  /** Whoever asks for another client's key learns nothing about it. */
  private async requireOwn(client: string, id: string): Promise<void> {
    const owned = await this.store.ofOwner(client);
    if (!owned.some((key) => key.id === id)) throw new NotFoundException();
  }
}
