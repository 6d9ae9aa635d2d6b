import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ClientAuthorization, type Login } from './client-authorization.js';

/** An MCP client that has its person log in whenever the server asks for more than it has. */
export class NotesClient {
  private readonly authorization: ClientAuthorization;
  private readonly client = new Client({ name: 'notes-client', version: '1.0.0' });
  private transport!: StreamableHTTPClientTransport;

  constructor(
    private readonly url: URL,
    redirectUrl: string,
    private readonly login: Login,
  ) {
    this.authorization = new ClientAuthorization(redirectUrl);
  }

  /** The scopes of its token. */
  get scopes(): string | undefined {
    return this.authorization.tokens()?.scope;
  }

  /** What it was registered as. */
  get clientId(): string | undefined {
    return this.authorization.clientInformation()?.client_id;
  }

  async connect(): Promise<void> {
    await this.authorized(async () => {
      this.transport = new StreamableHTTPClientTransport(this.url, {
        authProvider: this.authorization,
      });
      await this.client.connect(this.transport as Parameters<Client['connect']>[0]);
    });
  }

  async tools(): Promise<string[]> {
    const { tools } = await this.client.listTools();
    return tools.map(({ name }) => name);
  }

  async call(name: string, sent: Record<string, unknown> = {}): Promise<unknown> {
    const answer = await this.authorized(() => this.client.callTool({ name, arguments: sent }));
    const [content] = answer.content as [{ text: string }];
    return JSON.parse(content.text);
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** Where the server wants another token, the SDK has found out from whom, and for which scopes. */
  private async authorized<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      const answer = await this.login(this.authorization.pendingLogin());
      await this.transport.finishAuth(this.authorization.codeOf(answer));
      return attempt();
    }
  }
}
