import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { Try } from '../try.decorator.js';
import {
  authorizationCode,
  clientCredentials,
  device,
  implicit,
  password,
} from './oauth2-schemes.js';

@Controller('oauth2')
export class OAuth2Controller {
  @Get('password')
  @Security(password)
  @Try(
    'After logging in under OAuth2PasswordBearer: 200, without: 401',
    'The page itself sends `demo` and `demo-secret` to `POST /token`, and then the token to this route.',
  )
  password(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('authorization-code')
  @Security(authorizationCode)
  @Try(
    'After logging in under OAuth2AuthorizationCodeBearer: 200, without: 401',
    'You log in at the provider; the page is given a code, which it exchanges for the token, with PKCE.',
  )
  authorizationCode(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('client-credentials')
  @Security(clientCredentials)
  @Try(
    'After OAuth2ClientCredentialsBearer: 200, without: 401',
    'A program logs in, and nobody else: the client is `demo`, its secret `demo-secret`.',
  )
  clientCredentials(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('implicit')
  @Security(implicit)
  @Try(
    'After logging in under OAuth2Implicit: 200, without: 401',
    'The token comes back in the address of the page: prefer the authorization code.',
  )
  implicit(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('device')
  @Security(device)
  @Try(
    'From this page: 401; with the token of a device: 200',
    'Try `POST /device_authorization` and open the address that it answers, then `POST /token` with that `device_code`, the `client_id` `demo` and the `grant_type` `urn:ietf:params:oauth:grant-type:device_code`. With its token: `curl -H "Authorization: Bearer demo-secret" http://127.0.0.1:3000/oauth2/device`',
  )
  device(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
