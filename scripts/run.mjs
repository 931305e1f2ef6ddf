#!/usr/bin/env node
/**
 * `npm start` and `npm test` on a fresh clone: needs Node and npm, installs the rest. No dependency.
 *
 *   node scripts/run.mjs install | build | start [args] | test [args]
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { installIfNeeded } from './install.mjs'
import { Progress } from './progress.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const bin = path.join(root, 'node_modules', '.bin')
const env = {
  ...process.env,
  PATH: `${bin}${path.delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
}

/** As in the Dockerfile. */
const NODE_OPTIONS = ['--max-semi-space-size=64', '--enable-source-maps']

class StepError extends Error {}

function fail(sentence) {
  console.error(`lamplighter: ${sentence}`)
  process.exit(1)
}

/** Runs a tool quietly; its output is shown when it fails. */
function quietly(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => reject(new StepError(`${command} cannot be run: ${error.message}`)))
    child.once('exit', (code) => {
      if (code === 0) return resolve()
      process.stderr.write(`\n${output}`)
      reject(new StepError(`${command} ${args[0]} failed with code ${code}`))
    })
  })
}

/** Hands the terminal over and ends as the program ends. A terminal's Ctrl-C reaches it by itself. */
function become(command, args) {
  const child = spawn(command, args, { env, stdio: 'inherit' })
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.once('error', (error) => fail(`${command} cannot be run: ${error.message}`))
  child.once('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

async function main() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed, this is ${process.version}`)
  process.chdir(root)
  const [mode = 'start', ...args] = process.argv.slice(2)
  const progress = new Progress()
  await installIfNeeded(progress, quietly)
  if (mode === 'install') return
  const turbo = (task) => quietly('turbo', ['run', task, '--output-logs=errors-only', '--log-order=grouped'])
  await progress.step('building', () => turbo('build:ts'))
  if (mode === 'start') become(process.execPath, [...NODE_OPTIONS, 'apps/lamplighter/dist/main.js', 'demo', ...args])
  else if (mode === 'test') become('vitest', ['run', ...args])
  else if (mode !== 'build') fail(`there is no mode "${mode}"`)
}

try {
  await main()
} catch (error) {
  if (error instanceof StepError) fail(error.message)
  throw error
}
