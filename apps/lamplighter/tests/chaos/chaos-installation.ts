import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort, OwnPostgres, startBroker, TcpProxy } from '@lamplighter/testing'
import { testEnvironment } from '../support.js'
import { SupervisedService } from './supervised-service.js'

/** Service by service a process, with a broker, a database and networks that may fail. */
export class ChaosInstallation {
  readonly broker: Awaited<ReturnType<typeof startBroker>>
  readonly postgres: OwnPostgres
  /** From the relay to the broker. */
  readonly relayNetwork: TcpProxy
  /** From the others to the broker. */
  readonly brokerNetwork: TcpProxy
  readonly api: SupervisedService
  readonly relay: SupervisedService
  readonly gateway: SupervisedService
  readonly apiUrl: string
  readonly gatewayUrl: string
  readonly #directory: string

  private constructor(parts: Parts, ports: { api: number; gateway: number }) {
    this.broker = parts.broker
    this.postgres = parts.postgres
    this.relayNetwork = parts.relayNetwork
    this.brokerNetwork = parts.brokerNetwork
    this.#directory = parts.directory
    const { apiEnv, relayEnv, gatewayEnv } = environments(parts, ports)
    this.api = new SupervisedService('api', ['authd', 'confd', 'calld'], apiEnv)
    this.relay = new SupervisedService('relay', ['relayd'], relayEnv)
    this.gateway = new SupervisedService('gateway', ['websocketd'], gatewayEnv)
    this.apiUrl = `http://127.0.0.1:${ports.api}`
    this.gatewayUrl = `http://127.0.0.1:${ports.gateway}`
  }

  static async start(): Promise<ChaosInstallation> {
    const [broker, postgres] = await Promise.all([startBroker(), OwnPostgres.start()])
    const target = new URL(broker.url)
    const [relayNetwork, brokerNetwork] = [await TcpProxy.start(target), await TcpProxy.start(target)]
    const directory = await mkdtemp(path.join(os.tmpdir(), 'lamplighter-chaos-'))
    const ports = { api: await freePort(), gateway: await freePort() }
    const parts = { broker, postgres, relayNetwork, brokerNetwork, directory }
    const installation = new ChaosInstallation(parts, ports)
    await installation.healthy()
    return installation
  }

  /** Resolves when APIs and gateway say that they are well. */
  async healthy(): Promise<void> {
    await Promise.all([this.api.healthy(this.apiUrl), this.gateway.healthy(this.gatewayUrl)])
  }

  async stop(): Promise<void> {
    await Promise.all([this.api, this.relay, this.gateway].map((service) => service.stop()))
    await Promise.all([this.relayNetwork.stop(), this.brokerNetwork.stop()])
    await Promise.all([this.broker.stop(), this.postgres.stop()])
    await rm(this.#directory, { recursive: true, force: true })
  }
}

type Parts = Pick<ChaosInstallation, 'broker' | 'postgres' | 'relayNetwork' | 'brokerNetwork'> & {
  readonly directory: string
}

function environments(
  { broker, postgres, relayNetwork, brokerNetwork, directory }: Parts,
  ports: { api: number; gateway: number },
) {
  const target = new URL(broker.url)
  const environment = (network: TcpProxy, httpPort: number) =>
    testEnvironment(postgres.url, directory, {
      AMQP_URL: network.url(target),
      LAMPLIGHTER_HTTP_PORT: String(httpPort),
      LAMPLIGHTER_LOG_LEVEL: 'fatal',
    })
  return {
    apiEnv: environment(brokerNetwork, ports.api),
    relayEnv: environment(relayNetwork, 0),
    gatewayEnv: environment(brokerNetwork, ports.gateway),
  }
}
