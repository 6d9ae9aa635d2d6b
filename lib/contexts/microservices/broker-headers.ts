type Fields = Readonly<Record<string, unknown>>;
type Header = [name: string, value: unknown];

/** How to recognise each transport's context, by a method that no other has, and how to read its headers. */
const TRANSPORTS: readonly [method: string, headers: (context: Fields) => Header[]][] = [
  ['getSocketRef', metadata],
  ['getSubject', natsHeaders],
  ['getChannelRef', (context) => entriesOf(fieldsOf(message(context)['properties'])['headers'])],
  ['getPartition', (context) => entriesOf(message(context)['headers']).flatMap(unjoined)],
  ['getPacket', mqttProperties],
  ['getChannel', metadata],
];

/**
 * The headers of a message; `undefined` where its context is of none of the transports of `@nestjs/microservices`.
 *
 * Contexts are recognised by their shape, as another copy or major of the package has other classes.
 */
export function brokerHeaders(context: unknown): Header[] | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  const found = TRANSPORTS.find(([method]) => typeof (context as Fields)[method] === 'function');
  return found?.[1](context as Fields);
}

/** Whether the sender of a message waits for an answer: over Kafka, only a request names a topic for it. */
export function isAnswered(context: unknown): boolean {
  if (typeof (context as Fields | undefined)?.['getPartition'] !== 'function') return true;
  const headers = fieldsOf(message(context as Fields)['headers']);
  return Boolean(headers['kafka_correlationId']) && Boolean(headers['kafka_replyTopic']);
}

/** Headers whose single value may contain commas. */
const WITH_COMMAS: readonly string[] = ['authorization', 'cookie'];

/** Splits a value that may be several, which the transport joined with commas. */
export function unjoined([name, value]: Header): Header[] {
  if (typeof value !== 'string' || WITH_COMMAS.includes(name.toLowerCase())) return [[name, value]];
  return value.split(',').map((each): Header => [name, each]);
}

/** The headers of TCP and Redis, which have none in Nest 11. */
function metadata(context: Fields): Header[] {
  return entriesOf(call(context, 'getMetadata'));
}

function natsHeaders(context: Fields): Header[] {
  const headers = fieldsOf(call(context, 'getHeaders'));
  if (typeof headers['keys'] !== 'function') return [];
  const { keys, values } = headers as {
    readonly keys: () => Iterable<string>;
    readonly values: (name: string) => readonly string[];
  };
  // `get` would return only the first of several values.
  return [...keys.call(headers)].flatMap((name) =>
    values.call(headers, name).map((value): Header => [name, value]),
  );
}

function mqttProperties(context: Fields): Header[] {
  const { properties } = fieldsOf(call(context, 'getPacket'));
  return entriesOf(fieldsOf(properties)['userProperties']).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((each): Header => [name, each]) : [[name, value] as Header],
  );
}

function message(context: Fields): Fields {
  return fieldsOf(call(context, 'getMessage'));
}

function call(context: Fields, method: string): unknown {
  const found = context[method];
  return typeof found === 'function' ? (found.call(context) as unknown) : undefined;
}

function entriesOf(value: unknown): Header[] {
  return Object.entries(fieldsOf(value));
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
