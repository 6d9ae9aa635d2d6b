import { OpenIdConnect } from 'nestjs-security';
import { checkSecret } from '../demo-user.js';

/** An application names the address of its provider's discovery document; this one's provider is its own. */
export const openIdConnect = new OpenIdConnect({
  openIdConnectUrl: '/.well-known/openid-configuration',
  description: 'Press Authorize, and log in as `demo` with `demo-secret` in the window that opens.',
  validate: checkSecret,
});
