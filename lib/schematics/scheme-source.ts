/** The kind of credentials that callers send. */
export type SchemeType = 'bearer' | 'oauth2' | 'api-key' | 'basic';

interface Template {
  readonly imports: string;
  readonly base: string;
  /** The argument of `super`; absent where the defaults suffice. */
  readonly options?: string;
  readonly parameter: string;
  /** The expression to look users up by. */
  readonly key: string;
  /** Credentials that nobody has, for the spec. */
  readonly unknown: string;
}

const TEMPLATES: Readonly<Record<SchemeType, Template>> = {
  bearer: {
    imports: 'HTTPBearer, type HTTPAuthorizationCredentials',
    base: 'HTTPBearer',
    parameter: '{ credentials }: HTTPAuthorizationCredentials',
    key: 'credentials',
    unknown: `{ scheme: 'Bearer', credentials: 'unknown' }`,
  },
  oauth2: {
    imports: 'OAuth2PasswordBearer',
    base: 'OAuth2PasswordBearer',
    options: `{ tokenUrl: 'token' }`,
    parameter: 'token: string',
    key: 'token',
    unknown: `'unknown'`,
  },
  'api-key': {
    imports: 'APIKeyHeader',
    base: 'APIKeyHeader',
    options: `{ name: 'X-API-Key' }`,
    parameter: 'key: string',
    key: 'key',
    unknown: `'unknown'`,
  },
  basic: {
    imports: 'HTTPBasic, type HTTPBasicCredentials',
    base: 'HTTPBasic',
    parameter: '{ username, password }: HTTPBasicCredentials',
    key: '`${username}:${password}`',
    unknown: `{ username: 'unknown', password: 'unknown' }`,
  },
};

/** The source of a scheme, which lets nobody in until it is filled in. */
export function schemeSource(className: string, type: SchemeType): string {
  const { imports, base, options, parameter, key } = TEMPLATES[type];
  const constructor =
    options === undefined ? '' : `  constructor() {\n    super(${options});\n  }\n\n`;
  return `import { Injectable } from '@nestjs/common';
import { ${imports} } from 'nestjs-security';

/** What handlers know of a caller. */
export interface ${className}User {
  name: string;
}

@Injectable()
export class ${className} extends ${base}<${className}User> {
  /** Nobody yet: ask your own store in its place. */
  private readonly users = new Map<string, ${className}User>();

${constructor}  override validate(${parameter}) {
    const user = this.users.get(${key});
    return user ? { user } : null; // null: 401
  }
}
`;
}

/** The spec of such a scheme. */
export function schemeSpecSource(className: string, type: SchemeType, specifier: string): string {
  // Quoted apart, so that scanners of published files do not take this for an import.
  const quoted = `'${specifier}'`;
  return `import { ${className} } from ${quoted};

describe('${className}', () => {
  const scheme = new ${className}();

  it('should ask for what it is documented with', () => {
    expect(scheme.describe()).toBeDefined();
    expect(scheme.challenge()).toBeTruthy();
  });

  it('should refuse credentials that nobody has', () => {
    const unknown = ${TEMPLATES[type].unknown};
    expect(scheme.validate(unknown)).toBeNull();
  });
});
`;
}
