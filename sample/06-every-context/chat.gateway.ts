import {
  MessageBody,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { CurrentUser, Security } from 'nestjs-security';
import { ConnectionGuard } from 'nestjs-security/websockets';
import { UserToken } from './user-token.scheme.js';

/** A chat over socket.io, which only those enter who are logged in. */
@WebSocketGateway()
@Security(UserToken)
export class ChatGateway implements OnGatewayInit<object> {
  @WebSocketServer()
  private readonly server!: { emit(event: string, text: string): void };

  constructor(private readonly connections: ConnectionGuard) {}

  afterInit(server: object): void {
    this.connections.protect(server, ChatGateway);
  }

  @SubscribeMessage('say')
  say(@MessageBody() text: string, @CurrentUser() name: string): void {
    this.server.emit('said', `${name}: ${text}`);
  }
}
