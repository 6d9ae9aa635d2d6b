import { type DigestUser, HTTPDigest } from 'nestjs-security';
import { DEMO_SECRET, type DemoUser } from '../demo-user.js';

const USER = 'demo';

/** Says whose secret it is; the scheme verifies that the client knows it. */
export class Digest extends HTTPDigest<DemoUser> {
  constructor() {
    super({
      schemeName: 'HTTPDigest',
      realm: 'Every scheme',
      description:
        'Swagger UI has no fields for it: the browser asks by itself, at `GET /http/digest`.',
    });
  }

  protected override findUser(username: string): DigestUser<DemoUser> | null {
    return username === USER ? { user: { name: USER }, password: DEMO_SECRET } : null;
  }
}
