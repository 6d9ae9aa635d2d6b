import { type OAuth2Grant, OAuth2RequestForm } from 'nestjs-security/token-endpoint';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** A grant that the package does not read itself: a table of its fields is enough (RFC 8628, section 3.4). */
export class DeviceCodeForm extends OAuth2RequestForm {
  static override readonly grant: OAuth2Grant = {
    grantType: GRANT_TYPE,
    fields: { device_code: { required: true, secret: true } },
    client: 'named',
  };

  declare readonly grantType: typeof GRANT_TYPE;
  declare readonly deviceCode: string;
}
