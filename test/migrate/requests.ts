/** What a request carries besides its path. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A request, the status of its answer and, where it matters, the body; `{token}` is that of the last login. */
export type Requests = readonly (
  | readonly [route: string, status: number, body?: unknown]
  | readonly [route: string, sent: Sent, status: number, body?: unknown]
)[];

export function bearer(token: string): Sent {
  return { headers: { authorization: `Bearer ${token}` } };
}

export function basic(username: string, password: string): Sent {
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  return { headers: { authorization: `Basic ${credentials}` } };
}

export function login(username: string, password: string): Sent {
  return { body: { username, password } };
}

/** What an application answers to each of them: its status and, where the table has one, its body. */
export async function answersOf(url: string, requests: Requests): Promise<unknown[]> {
  const answers: unknown[] = [];
  let token = '';
  for (const row of requests) {
    const [route, sent, body] = parts(row);
    const [method, path] = route.split(' ') as [string, string];
    const { headers = {}, body: form } = sent;
    const replaced = Object.entries(headers).map(([name, value]) => [
      name,
      value.replace('{token}', token),
    ]);
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...Object.fromEntries(replaced),
        ...(form && { 'content-type': 'application/json' }),
      },
      ...(form && { body: JSON.stringify(form) }),
    });
    const text = await answer.text();
    const issued = /"access_token":"([^"]+)"/.exec(text)?.[1];
    token = issued ?? token;
    answers.push([
      route,
      answer.status,
      ...(body === undefined ? [] : [JSON.parse(text) as unknown]),
    ]);
  }
  return answers;
}

/** What the table says of each. */
export function expectedOf(requests: Requests): unknown[] {
  return requests.map((row) => {
    const [route, , body] = parts(row);
    const status = row.find((part) => typeof part === 'number');
    return [route, status, ...(body === undefined ? [] : [body])];
  });
}

function parts(row: Requests[number]): [route: string, sent: Sent, body: unknown] {
  return typeof row[1] === 'number' ? [row[0], {}, row[2]] : [row[0], row[1], row[3]];
}
