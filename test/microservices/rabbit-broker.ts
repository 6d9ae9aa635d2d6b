import { existsSync } from 'node:fs';
import { BrokerProcess } from './brokers.js';
import { freePort } from './free-port.js';

/** Debian's command of this name runs it as another user, who could not write into our folder. */
const DEBIAN = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** RabbitMQ with a node, a cookie, a register of nodes and data of its own. */
export class RabbitBroker {
  private constructor(
    private readonly broker: BrokerProcess,
    private readonly register: BrokerProcess,
  ) {}

  static async start(): Promise<RabbitBroker> {
    // Erlang would start one that outlives it.
    const register = await BrokerProcess.start((port) => [
      'epmd',
      '-address',
      '127.0.0.1',
      '-port',
      String(port),
    ]);
    const distribution = String(await freePort());
    const broker = await BrokerProcess.start(
      () => [existsSync(DEBIAN) ? DEBIAN : 'rabbitmq-server'],
      undefined,
      (port, folder) => ({
        HOME: folder,
        ERL_EPMD_ADDRESS: '127.0.0.1',
        ERL_EPMD_PORT: String(register.port),
        RABBITMQ_NODENAME: 'nestjs-security@localhost',
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: distribution,
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
        RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq`,
        RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/plugins`,
        RABBITMQ_MNESIA_BASE: `${folder}/data`,
        RABBITMQ_LOG_BASE: `${folder}/log`,
      }),
    ).catch(async (error: unknown) => {
      await register.stop();
      throw error;
    });
    return new RabbitBroker(broker, register);
  }

  get url(): string {
    return `amqp://127.0.0.1:${this.broker.port}`;
  }

  async stop(): Promise<void> {
    await this.broker.stop();
    await this.register.stop();
  }
}
