import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { AuthModule } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { microservices } from 'nestjs-security/microservices';
import { ConnectionGuard, webSockets } from 'nestjs-security/websockets';
import { AccountController } from './account.controller.js';
import { ChatGateway } from './chat.gateway.js';
import { GreetingsClient } from './greetings.client.js';
import { GreetingsController } from './greetings.controller.js';
import { NotesResolver } from './notes.resolver.js';
import { PageController } from './page.controller.js';
import { SessionsModule } from './sessions.module.js';
import { TokenController } from './token.controller.js';
import { UserToken } from './user-token.scheme.js';

/** Our messages carry their headers in the payload: any client of Nest can send them so. */
function headersOf(message: unknown) {
  return (message as { headers?: Record<string, unknown> } | null)?.headers;
}

@Module({
  imports: [
    SessionsModule,
    AuthModule.forRoot({
      schemes: [UserToken],
      imports: [SessionsModule],
      contexts: [graphql(), webSockets(), microservices({ payload: headersOf })],
    }),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    }),
    GreetingsClient,
  ],
  controllers: [PageController, TokenController, AccountController, GreetingsController],
  providers: [NotesResolver, ChatGateway, ConnectionGuard],
})
export class AppModule {}
