#!/usr/bin/env node
/**
 * What RabbitMQ must be told for Lamplighter (docs/operations.md). To ask Lamplighter about the connections of tenants:
 *
 *   node scripts/rabbitmq-auth.mjs print   prints the lines for rabbitmq.conf
 *   node scripts/rabbitmq-auth.mjs apply   writes them to /etc/rabbitmq/conf.d and enables the plugins; then restart it
 *
 * LAMPLIGHTER_URL (http://127.0.0.1:8080) is where authd answers, LAMPLIGHTER_RABBIT_AUTH_SECRET what it was given,
 * RABBITMQ_AUTH_CACHE_MS (5000) how long the broker believes an answer, RABBITMQ_CONF_D another directory.
 *
 * To give the services an account that may do what they do and nothing else; after `node scripts/run.mjs build`:
 *
 *   node scripts/rabbitmq-auth.mjs permissions [SERVICE …]           prints the steps, as a script for sh
 *   node scripts/rabbitmq-auth.mjs permissions --apply [SERVICE …]   does them, with rabbitmqctl
 *
 * For a process that runs these services; without any, all of them. RABBITMQ_ACCOUNT (lamplighter) is its name,
 * RABBITMQ_ACCOUNT_PASSWORD its password: without it one is made up and shown once, and an account that is there keeps
 * its own. RABBITMQ_ACCOUNT_VHOST (/) is the virtual host, which must be there. Nothing is removed.
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
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

/** The steps that make the account: arguments of rabbitmqctl. None holds the password, which other users could see. */
async function accountSteps(env, services) {
  const { brokerPermissions } = await import(new URL('../apps/lamplighter/dist/broker-account.js', import.meta.url))
  const { configure, write, read, topic } = brokerPermissions(services)
  const name = env.RABBITMQ_ACCOUNT ?? 'lamplighter'
  const place = ['-p', env.RABBITMQ_ACCOUNT_VHOST ?? '/', name]
  return {
    name,
    add: ['add_user', name],
    changePassword: ['change_password', name],
    allow: [
      ['set_permissions', ...place, configure, write, read],
      ['set_topic_permissions', ...place, topic.exchange, topic.write, topic.read],
    ],
  }
}

/** Letters that need no escape, neither in a shell nor in a URL. */
function madeUpPassword() {
  return randomBytes(24).toString('base64url')
}

async function printAccount(env, services) {
  const { add, allow } = await accountSteps(env, services)
  const given = env.RABBITMQ_ACCOUNT_PASSWORD
  const line = (args) => ['rabbitmqctl', ...args.map(quoted)].join(' ')
  console.log(
    given
      ? '# The password is that of RABBITMQ_ACCOUNT_PASSWORD.'
      : '# The password is made up, and in no other place.',
  )
  // It comes by standard input: arguments can be seen by every user of the machine.
  console.log(`${line(add)} <<'PASSWORD'\n${given ?? madeUpPassword()}\nPASSWORD`)
  for (const args of allow) console.log(line(args))
}

function quoted(text) {
  return /^[\w/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

async function applyAccount(env, services) {
  const { name, add, changePassword, allow } = await accountSteps(env, services)
  const run = (args, input = '') =>
    execFileSync('rabbitmqctl', ['--quiet', ...args], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] })
  const isThere = run(['list_users', '--no-table-headers'])
    .split('\n')
    .some((line) => line.split('\t')[0] === name)
  const given = env.RABBITMQ_ACCOUNT_PASSWORD
  const password = given ?? madeUpPassword()
  if (!isThere) run(add, `${password}\n`)
  else if (given) run(changePassword, `${password}\n`)
  for (const args of allow) run(args)
  const said = given
    ? 'has the password you gave'
    : isThere
      ? 'keeps its password'
      : `has the password ${password} (shown only now)`
  console.log(`${name} ${said}`)
}

async function permissions(env, args) {
  const services = args.filter((one) => one !== '--apply')
  try {
    if (services.length < args.length) await applyAccount(env, services)
    else await printAccount(env, services)
  } catch (error) {
    console.error(error instanceof RangeError ? error.message : error)
    process.exitCode = 1
  }
}

const [command, ...rest] = process.argv.slice(2)
if (command === 'print') process.stdout.write(configuration(process.env))
else if (command === 'apply') apply(process.env)
else if (command === 'permissions') await permissions(process.env, rest)
else {
  console.error('usage: node scripts/rabbitmq-auth.mjs print | apply | permissions [--apply] [SERVICE …]')
  process.exitCode = 1
}
