import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID = { bytes: 12, length: 17 };
/**
 * How many characters of an id tell its prefix: the id of another prefix passes once in 200,000 times, and nobody
 * chooses ids.
 */
const TAG_LENGTH = 3;
const SECRET = { bytes: 32, length: 43 };
const CHECKSUM_LENGTH = 6;

/**
 * The text of an API key: `prefix_id_secret`, and a checksum.
 *
 * The prefix and the checksum are for scanners of leaked secrets and for typing errors: they tell a key from other text
 * without a look-up. They protect nothing.
 */
export class APIKeyText {
  readonly #pattern: RegExp;

  constructor(private readonly prefix: string) {
    this.#pattern = new RegExp(
      `^${prefix}_([0-9A-Za-z]{${ID.length + TAG_LENGTH}})_[0-9A-Za-z]{${SECRET.length + CHECKSUM_LENGTH}}$`,
    );
  }

  /** Creates a key that nobody can guess, and its id, which need not be secret. */
  create(): { id: string; key: string } {
    const chance = base62(randomBytes(ID.bytes), ID.length);
    const id = chance + this.#tagOf(chance);
    const content = `${this.prefix}_${id}_${base62(randomBytes(SECRET.bytes), SECRET.length)}`;
    return { id, key: content + checksum(content) };
  }

  /** Whether an id may belong to a key with this prefix, and not with another. */
  isOwnId(id: string): boolean {
    return id.slice(ID.length) === this.#tagOf(id.slice(0, ID.length));
  }

  /** The id in text that has the form of a key; `undefined` for other text. */
  parseId(text: string): string | undefined {
    const id = this.#pattern.exec(text)?.[1];
    if (id === undefined || !this.isOwnId(id)) return undefined;
    const content = text.slice(0, -CHECKSUM_LENGTH);
    return text === content + checksum(content) ? id : undefined;
  }

  #tagOf(chance: string): string {
    return checksum(`${this.prefix}_${chance}`).slice(-TAG_LENGTH);
  }
}

/** The hash of a key in base64url, which is stored in its place. */
export function hashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}

function checksum(content: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return base62(bytes, CHECKSUM_LENGTH);
}

function base62(bytes: Buffer, length: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let digits = '';
  for (; digits.length < length; rest /= 62n) digits = DIGITS[Number(rest % 62n)]! + digits;
  return digits;
}
