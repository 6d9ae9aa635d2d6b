import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** An authorization server that calls every token active, and counts what it is asked. */
export class AuthorizationServer {
  private questions = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, response) => {
    this.questions++;
    this.sockets.add(request.socket);
    request.resume().on('end', () => {
      const exp = Math.floor(Date.now() / 1000) + 3600;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ active: true, scope: 'items', sub: 'user', aud: 'api', exp }));
    });
  });

  async start(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  counts(): { questions: number; bytes: number } {
    const bytes = [...this.sockets].map((socket) => socket.bytesRead + socket.bytesWritten);
    return { questions: this.questions, bytes: bytes.reduce((sum, one) => sum + one, 0) };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
