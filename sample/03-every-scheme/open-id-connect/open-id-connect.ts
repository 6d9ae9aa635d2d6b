import { OpenIdConnect } from 'nestjs-security';
import { checkSecret } from '../demo-user.js';

/** An application names its provider's discovery document here; this sample serves one itself. */
export const openIdConnect = new OpenIdConnect({
  openIdConnectUrl: '/.well-known/openid-configuration',
  validate: checkSecret,
});
