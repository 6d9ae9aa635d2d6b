import { OAuth2Exception } from 'nestjs-security/token-endpoint';
import type { FindOptionsRelations, FindOptionsWhere, Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { digestOf } from '../secrets.js';
import { type Grants, isLive } from './grants.js';
import type { OneTimeToken } from './one-time-token.js';

/** Finds and uses up the codes and refresh tokens of one table. */
export abstract class OneTimeTokens<Token extends OneTimeToken> {
  constructor(
    private readonly tokens: Repository<Token>,
    private readonly grants: Grants,
  ) {}

  async find(text: string): Promise<Token | null> {
    return this.tokens.findOne({
      where: { digest: digestOf(text) } as FindOptionsWhere<Token>,
      relations: { grant: { client: true, account: true } } as FindOptionsRelations<Token>,
    });
  }

  /**
   * Uses a token of this client up. Of several uses one succeeds; the others show that someone stole it, and
   * since nobody knows who came first, the grant ends for both.
   *
   * @param check Throws to refuse the request without using up the token.
   */
  protected async use(
    text: string,
    client: Client,
    check: (token: Token) => void = () => undefined,
  ): Promise<Token> {
    const token = await this.find(text);
    if (token === null || token.grant.client.id !== client.id) throw invalidGrant();
    if (!token.used) check(token);
    // One statement, so that the database decides who is first, however many servers ask it.
    const unused = { digest: token.digest, used: false } as FindOptionsWhere<Token>;
    const { affected } = await this.tokens.update(unused, { used: true } as object);
    if (affected !== 1) await this.grants.revoke(token.grant);
    if (affected !== 1 || !isLive(token.grant)) throw invalidGrant();
    return token;
  }
}

export function invalidGrant(): OAuth2Exception {
  return new OAuth2Exception('invalid_grant', 'It is unknown, expired, revoked or already used');
}
