/**
 * Drives the official JavaScript client, unmodified, in a process of its own: it speaks https only, and it must trust
 * the proxy's certificate from the start. Reads its instructions from the first argument, prints what it saw as JSON.
 */
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'

const require = createRequire(import.meta.url)
// What a browser has and this Node has not.
globalThis.WebSocket ??= require('ws')
const { default: Wazo, WazoApiClient } = require('@wazo/sdk')

const { server, username, password } = JSON.parse(process.argv[2])
const seen = {}

/** The client's own start: log in, then what its boot asks of auth and confd. */
async function boot() {
  Wazo.Auth.setHost(server)
  Wazo.Auth.setClientId('lamplighter-tests')
  const session = await Wazo.Auth.logIn(username, password)
  seen.session = { uuid: session.uuid, tenantUuid: session.tenantUuid, refresh: typeof session.refreshToken }
  seen.profile = { voicemail: session.profile?.voicemail ?? null, lines: session.profile?.lines?.length }
  seen.engineVersion = session.engineVersion
  await Wazo.Auth.logout()
}

async function messages(client) {
  const listed = await client.calld.listVoicemails()
  seen.listed = listed.map(({ id, unread, caller, duration }) => ({ id, unread, caller, duration }))
  const [first, second] = listed
  const audio = await fetch(client.calld.getVoicemailUrl(first))
  seen.played = {
    status: audio.status,
    type: audio.headers.get('content-type'),
    bytes: (await audio.arrayBuffer()).byteLength,
  }
  seen.moved = await client.calld.updateVoicemailFolder(first, 'old')
  seen.deleted = await client.calld.deleteVoicemail(second.id)
  seen.after = (await client.calld.listVoicemails()).map(({ id, unread }) => ({ id, unread }))
}

/** A token that ran out: the client refreshes it by itself and repeats the call. */
async function refresh(client) {
  const before = client.client.token
  await delay(1500)
  seen.afterExpiry = (await client.calld.listVoicemails()).length
  seen.refreshed = client.client.token !== before
}

const client = new WazoApiClient({ server, clientId: 'lamplighter-tests' })
await boot()
const session = await client.auth.logIn({ username, password, expiration: 3600 })
client.setToken(session.token)
client.setRefreshToken(session.refreshToken)
client.setOnRefreshToken((token) => client.setToken(token))
await messages(client)
const short = await client.auth.logIn({ username, password, expiration: 1 })
client.setToken(short.token)
client.setRefreshToken(short.refreshToken)
await refresh(client)
seen.loggedOut = await client.auth.logOut(client.client.token)
seen.afterLogOut = await client.auth.checkToken(client.client.token).catch((error) => error.status)
process.stdout.write(JSON.stringify(seen))
process.exit(0)
