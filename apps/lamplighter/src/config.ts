import path from 'node:path'
import type { RateLimitSizes } from '@lamplighter/http'
import { type Environment, EnvironmentReader, LOG_LEVELS, type LogLevel, StartError } from '@lamplighter/runtime'
import { readProxies } from './proxy-setting.js'
import { readRateLimits } from './rate-limit-setting.js'
import { readSip, type SipConfig } from './sip-setting.js'

/** The parts a process may run. */
export const SERVICE_NAMES = ['authd', 'confd', 'calld', 'websocketd', 'relayd', 'mwid'] as const
/** One of {@link SERVICE_NAMES}. */
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** Everything a process is told from outside. */
export type Config = {
  /** Undefined: an embedded PostgreSQL in the data directory. */
  readonly databaseUrl: string | undefined
  /** Undefined: the bus stays inside this process. */
  readonly amqpUrl: string | undefined
  /** RabbitMQ's management API, to close tenants' connections with. Undefined: they lose their queues only. */
  readonly managementUrl: string | undefined
  /** How long the broker believes what authd answered it. */
  readonly brokerCacheMs: number
  /** The path segment RabbitMQ asks about tenants' connections with. Undefined: it asks from this machine. */
  readonly brokerSecret: string | undefined
  readonly dataDirectory: string
  readonly audioDirectory: string
  /** Undefined: a secret made up once and kept in the data directory. */
  readonly secret: string | undefined
  readonly http: {
    readonly host: string
    readonly port: number
    readonly trustedProxies: readonly string[]
    readonly rateLimits: RateLimitSizes
  }
  readonly sip: SipConfig
  readonly logins: {
    readonly maxSessions: number
    readonly tokenLifetimeSec: number
    readonly refreshTokenLifetimeSec: number
  }
  /** Opens `GET /metrics` to others than this machine. Undefined: to nobody else. */
  readonly metricsToken: string | undefined
  readonly maxAudioBytes: number
  readonly eventRetentionHours: number
  /** Channels the relay publishes on side by side. */
  readonly relayShards: number
  readonly databaseConnections: number
  readonly logLevel: LogLevel
}

const DAY_SEC = 24 * 60 * 60
const PORTS = { min: 0, max: 65_535 }

/** Reads the configuration. @throws StartError that names the variable and what it may be */
export function readConfig(env: Environment, defaultLogLevel: LogLevel): Config {
  const read = new EnvironmentReader(env)
  const dataDirectory = path.resolve(read.text('LAMPLIGHTER_DATA_DIR') ?? '.data')
  return {
    databaseUrl: read.url('DATABASE_URL', ['postgresql:', 'postgres:']),
    amqpUrl: read.url('AMQP_URL', ['amqp:', 'amqps:']),
    managementUrl: read.url('RABBITMQ_MANAGEMENT_URL', ['http:', 'https:']),
    brokerCacheMs: read.integer('RABBITMQ_AUTH_CACHE_MS', 5000, { min: 0, max: 3_600_000 }),
    brokerSecret: readBrokerSecret(read.text('LAMPLIGHTER_RABBIT_AUTH_SECRET')),
    dataDirectory,
    audioDirectory: path.resolve(read.text('LAMPLIGHTER_AUDIO_DIR') ?? path.join(dataDirectory, 'audio')),
    secret: read.text('LAMPLIGHTER_SECRET'),
    http: {
      host: read.text('LAMPLIGHTER_HTTP_HOST') ?? '127.0.0.1',
      port: read.integer('LAMPLIGHTER_HTTP_PORT', 8080, PORTS),
      trustedProxies: readProxies(read.text('LAMPLIGHTER_TRUSTED_PROXIES') ?? 'loopback'),
      rateLimits: readRateLimits(read.text('LAMPLIGHTER_RATE_LIMITS')),
    },
    sip: readSip(read),
    logins: {
      maxSessions: read.integer('LAMPLIGHTER_MAX_SESSIONS', 100, { min: 1, max: 1_000_000 }),
      tokenLifetimeSec: read.integer('LAMPLIGHTER_TOKEN_LIFETIME_SEC', 7200, { min: 1, max: 315_360_000 }),
      refreshTokenLifetimeSec: read.integer('LAMPLIGHTER_REFRESH_TOKEN_DAYS', 180, { min: 1, max: 3650 }) * DAY_SEC,
    },
    metricsToken: readMetricsToken(read.text('LAMPLIGHTER_METRICS_TOKEN')),
    maxAudioBytes: read.integer('LAMPLIGHTER_MAX_AUDIO_BYTES', 16 * 1024 * 1024, { min: 1024, max: 1024 ** 3 }),
    eventRetentionHours: read.integer('LAMPLIGHTER_EVENT_RETENTION_HOURS', 7 * 24, { min: 1, max: 24 * 366 }),
    relayShards: read.integer('LAMPLIGHTER_RELAY_SHARDS', 1, { min: 1, max: 64 }),
    databaseConnections: read.integer('LAMPLIGHTER_DATABASE_CONNECTIONS', 16, { min: 2, max: 500 }),
    logLevel: read.choice('LAMPLIGHTER_LOG_LEVEL', defaultLogLevel, LOG_LEVELS),
  }
}

/** @throws StartError */
function readMetricsToken(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{16,256}$/.test(text)) return text
  throw new StartError('LAMPLIGHTER_METRICS_TOKEN must be 16 to 256 visible characters')
}

/** It is part of a path, and must not be guessed. @throws StartError */
function readBrokerSecret(text: string | undefined): string | undefined {
  if (text === undefined || /^[A-Za-z0-9_-]{24,128}$/.test(text)) return text
  throw new StartError('LAMPLIGHTER_RABBIT_AUTH_SECRET must be 24 to 128 letters, digits, - or _')
}
