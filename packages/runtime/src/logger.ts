import { type Logger as PinoLogger, pino } from 'pino'

/** Structured logger; `log.info({ facts }, 'message')`. */
export type Logger = PinoLogger

/** Names whose values never reach a log, wherever they stand. */
const SECRET_NAMES = ['token', 'password', 'pin', 'secret', 'authorization', 'sip_password']

/** How much is said. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where log lines go. */
export type LogDestination = { write(line: string): void }

/** Logs JSON lines, by default to standard error, written at once, so that nothing is lost when the process ends. */
export function createLogger(
  level: LogLevel,
  destination: LogDestination = pino.destination({ dest: 2, sync: true }),
): Logger {
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino({ level, redact: { paths, censor: '[redacted]' } }, destination)
}
