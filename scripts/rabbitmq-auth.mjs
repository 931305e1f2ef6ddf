#!/usr/bin/env node
/**
 * Lets a RabbitMQ on this machine ask Lamplighter about the connections of tenants (docs/operations.md).
 *
 *   node scripts/rabbitmq-auth.mjs print   prints the lines for rabbitmq.conf
 *   node scripts/rabbitmq-auth.mjs apply   writes them to /etc/rabbitmq/conf.d and enables the plugins; then restart it
 *
 * LAMPLIGHTER_URL (http://127.0.0.1:8080) is where authd answers, LAMPLIGHTER_RABBIT_AUTH_SECRET what it was given,
 * RABBITMQ_AUTH_CACHE_MS (5000) how long the broker believes an answer, RABBITMQ_CONF_D another directory.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const PLUGINS = ['rabbitmq_auth_backend_http', 'rabbitmq_auth_backend_cache', 'rabbitmq_management']
const TOPICS = ['user', 'vhost', 'resource', 'topic']

function configuration(env) {
  const base = new URL(env.LAMPLIGHTER_URL ?? 'http://127.0.0.1:8080').origin
  const secret = env.LAMPLIGHTER_RABBIT_AUTH_SECRET
  const backend = `${base}/api/auth/0.1/rabbit${secret ? `/${secret}` : ''}`
  return [
    '# Accounts of the broker itself first: the services of Lamplighter and operators.',
    'auth_backends.1 = internal',
    'auth_backends.2 = cache',
    'auth_cache.cached_backend = http',
    `auth_cache.cache_ttl = ${Number(env.RABBITMQ_AUTH_CACHE_MS ?? 5000)}`,
    'auth_http.http_method = post',
    ...TOPICS.map((topic) => `auth_http.${topic}_path = ${backend}/${topic}`),
    'auth_http.request_timeout = 5000',
    'auth_http.connection_timeout = 2000',
    '',
  ].join('\n')
}

function apply(env) {
  const directory = env.RABBITMQ_CONF_D ?? '/etc/rabbitmq/conf.d'
  const file = path.join(directory, '50-lamplighter.conf')
  mkdirSync(directory, { recursive: true })
  // The path in it is a secret.
  writeFileSync(file, configuration(env), { mode: 0o640 })
  execFileSync('rabbitmq-plugins', ['enable', ...PLUGINS], { stdio: 'inherit' })
  console.log(`${file} is written: see that the broker may read it, and restart it.`)
}

const [command] = process.argv.slice(2)
if (command === 'print') process.stdout.write(configuration(process.env))
else if (command === 'apply') apply(process.env)
else {
  console.error('usage: node scripts/rabbitmq-auth.mjs print | apply')
  process.exitCode = 1
}
