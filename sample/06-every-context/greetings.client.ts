import { ClientsModule, Transport } from '@nestjs/microservices';

export const GREETINGS = Symbol('greetings');

/** Where the microservice listens, and is asked. */
export const greetingsOptions = {
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: Number(process.env.GREETINGS_PORT ?? 3001) },
} as const;

export const GreetingsClient = ClientsModule.register([{ name: GREETINGS, ...greetingsOptions }]);
