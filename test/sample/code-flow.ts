import { createHash, randomBytes } from 'node:crypto';

const REDIRECT_URI = 'http://127.0.0.1:3000/docs/oauth2-redirect.html';

export interface CodeFlow {
  scope: string;
  clientId?: string;
  /** The API that the token is for (RFC 8707). Default: the provider's choice. */
  resource?: string;
  user?: string;
}

export interface Tokens {
  access_token: string;
  id_token?: string;
  scope: string;
}

export interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  introspection_endpoint: string;
  revocation_endpoint: string;
  jwks_uri: string;
}

export async function discover(issuer: string): Promise<Metadata> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return (await response.json()) as Metadata;
}

/** The authorization code flow with PKCE, as a person and a client of theirs go through it. */
export async function obtainTokens(issuer: string, flow: CodeFlow): Promise<Tokens> {
  const { clientId = 'notes-docs', scope, resource, user = 'ada' } = flow;
  const metadata = await discover(issuer);
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(8).toString('base64url');
  const asked = new URL(metadata.authorization_endpoint);
  asked.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(resource !== undefined && { resource }),
  }).toString();

  const answer = await new Person(user).follow(asked);
  if (answer.get('state') !== state || answer.get('iss') !== issuer) {
    throw new Error(`Somebody else's answer: ${answer}`);
  }
  const form = {
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    client_id: clientId,
    code_verifier: verifier,
  };
  return (await post(metadata.token_endpoint, form)) as Tokens;
}

/** Posts a form; the answer must be a success. */
export async function post(url: string, form: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body}`);
  return body === '' ? undefined : JSON.parse(body);
}

/** Somebody with a browser that keeps cookies: logs in and consents wherever a form asks for it. */
export class Person {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly name: string,
    private readonly redirectUri = REDIRECT_URI,
  ) {}

  /** The parameters of the first redirect that leads to the client. */
  async follow(url: URL): Promise<URLSearchParams> {
    let response = await this.request(url);
    for (let step = 0; step < 10; step++) {
      const location = response.headers.get('location');
      if (location === null) {
        response = await this.submit(url, await response.text());
        continue;
      }
      url = new URL(location, url);
      if (url.href.startsWith(this.redirectUri)) return url.searchParams;
      response = await this.request(url);
    }
    throw new Error(`The provider keeps redirecting, last to ${url}`);
  }

  private submit(page: URL, html: string): Promise<Response> {
    const action = /<form [^>]*action="([^"]+)"/.exec(html)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1];
    if (action === undefined || prompt === undefined) throw new Error(`No form in ${html}`);
    const body = new URLSearchParams({ prompt });
    if (prompt === 'login') {
      body.set('login', this.name);
      body.set('password', 'any');
    }
    return this.request(new URL(action, page), { method: 'POST', body });
  }

  private async request(url: URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split(/=(.*)/);
      this.cookies.set(name, value);
    }
    return response;
  }
}
