import { describe } from 'vitest';
import { accept } from './acceptance.js';
import { mqtt, nats, redis, tcp, tls } from './transports.js';

describe.each([tcp, tls, redis, nats, mqtt])('messages over $name', accept);
