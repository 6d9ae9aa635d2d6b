import type { ClientProxy } from '@nestjs/microservices';
import { catchError, firstValueFrom, of, toArray } from 'rxjs';

/** What is sent beside a message; a list is a name that is sent twice. */
export type Sent = Readonly<Record<string, string | readonly string[]>>;

/** How a client of one transport sends something beside its message. */
export type Enclose = (data: object, sent: Sent) => object;

/** A client that answers what it was answered, error or not. */
export class Messenger {
  constructor(
    private readonly client: ClientProxy,
    private readonly enclose: Enclose,
  ) {}

  async ask(pattern: string, sent: Sent = {}, data: object = {}): Promise<unknown> {
    try {
      return await firstValueFrom(this.client.send<unknown>(pattern, this.enclose(data, sent)));
    } catch (error) {
      return error;
    }
  }

  /** Every answer until the last of them, which may be an error. */
  watch(pattern: string, sent: Sent = {}): Promise<unknown[]> {
    const answers = this.client.send<unknown>(pattern, this.enclose({}, sent));
    return firstValueFrom(
      answers.pipe(
        catchError((error: unknown) => of(error)),
        toArray(),
      ),
    );
  }

  async tell(pattern: string, sent: Sent = {}): Promise<void> {
    await firstValueFrom(this.client.emit(pattern, this.enclose({}, sent)), {
      defaultValue: undefined,
    });
  }
}
