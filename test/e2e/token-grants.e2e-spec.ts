import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenEndpointModule } from '../../lib/token-endpoint/token-endpoint.module.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  invalidClient,
  invalidRequest,
  post,
  refused,
  wrongContentType,
} from '../token-endpoint/answers.js';
import {
  accepted,
  BASIC,
  CLIENT,
  type Grant,
  grants,
  SECRET,
  TokenController,
} from '../token-endpoint/grant-controller.js';

const single = (field: string) => invalidRequest(`Expected a single value: ${field}`);
const twice = invalidRequest('Client credentials both in the Authorization header and in the form');

describe.each(adapters)('The forms of a token endpoint on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      controllers: [TokenController],
      imports: [TokenEndpointModule],
    });
  });
  afterAll(() => running.app.close());

  const send = (path: Grant, body: string, headers?: Record<string, string>) =>
    post(`${running.url}/${path}`, body, headers);

  describe.each(Object.keys(grants) as Grant[])('%s', (grant) => {
    const { form, missing } = grants[grant];
    const authorization = BASIC;

    it.each<[string, string, Record<string, string>]>([
      ['HTTP Basic', form, { authorization }],
      ['HTTP Basic beside the same client_id', `${form}&${CLIENT}`, { authorization }],
      ['HTTP Basic beside empty fields', `${form}&client_id=&client_secret`, { authorization }],
      ['the form', `${form}&${SECRET}`, {}],
      ['the form beside an unknown field twice', `${form}&${SECRET}&x=1&x=2&toString=3`, {}],
    ])('reads the client from %s', async (_case, body, headers) => {
      expect(await send(grant, body, headers)).toEqual(accepted(grant));
    });

    it.each<[string, string, object]>([
      [
        'another client_id',
        `${form}&client_id=x`,
        invalidRequest('The client_id is not that of the Authorization header'),
      ],
      ['the same secret', `${form}&client_secret=gX1fBat3bV`, twice],
      ['the same client and secret', `${form}&${SECRET}`, twice],
    ])('refuses HTTP Basic beside %s', async (_case, body, expected) => {
      expect(await send(grant, body, { authorization })).toEqual(expected);
    });

    it.each<[string, string, object]>([
      ['an empty form', '', invalidRequest(`Missing: ${missing}`)],
      ['no grant_type', form.replace('grant_type', 'type'), invalidRequest('Missing: grant_type')],
      ['an empty one', form.replace(grant, ''), invalidRequest('Missing: grant_type')],
      [
        'another grant',
        'grant_type=password',
        refused('unsupported_grant_type', `The grant_type is not ${grant}`),
      ],
      ['a repeated grant_type', `${form}&grant_type=${grant}`, single('grant_type')],
      ['a repeated client_id', `${form}&${CLIENT}&${CLIENT}`, single('client_id')],
      ['a repeated secret', `${form}&${SECRET}&client_secret=`, single('client_secret')],
    ])('refuses %s', async (_case, body, expected) => {
      expect(await send(grant, body)).toEqual(expected);
    });

    it('refuses malformed HTTP Basic', async () => {
      expect(await send(grant, form, { authorization: 'Basic %%%' })).toEqual(
        invalidClient('Malformed base64'),
      );
    });

    it.each([
      ['application/json', JSON.stringify(Object.fromEntries(new URLSearchParams(form)))],
      ['text/plain', form],
      ['garbage', form],
    ])('refuses a body as %s', async (type, body) => {
      const headers = { authorization, 'Content-Type': type };
      expect(await send(grant, body, headers)).toEqual(wrongContentType);
    });

    it('reads no field in the query string', async () => {
      const url = `${running.url}/${grant}?${form}&${SECRET}`;
      expect(await post(url, '')).toEqual(invalidRequest(`Missing: ${missing}`));
    });
  });
});
