import type { DemoTenant, Login } from './seed.js'
import type { Addresses } from './show.js'

/** What the closing text is made of. */
export type BannerFacts = {
  readonly at: Addresses
  readonly tenants: readonly DemoTenant[]
  readonly master: Login
  readonly userToken: string
  readonly adminToken: string
  readonly readyFile: string
}

/** What to do next, in lines to paste. */
export function banner({ at, tenants, master, userToken, adminToken, readyFile }: BannerFacts): string {
  const [first] = tenants
  const shared = first?.voicemails.find(({ accesstype }) => accesstype === 'global')
  const device = first?.devices[0]
  const calld = `${at.http}/api/calld/1.0`
  const logins = tenants.flatMap(({ name, admin, users }) => [
    `  ${name.padEnd(8)} admin  ${admin.username}  ${admin.password}`,
    ...users.map((user) => `  ${name.padEnd(8)} user   ${user.username}  ${user.password}`),
  ])
  return `
Lamplighter is serving.
  APIs        ${at.http}/api/{auth/0.1,confd/1.1,calld/1.0}
  read, try   ${at.http}/docs
  WebSocket   ${at.websocket}
  SIP (UDP)   ${at.sipHost}:${at.sipPort}
  for scripts ${readyFile}

Demonstration credentials (fixed, never use them for anything real):
  master   admin  ${master.username}  ${master.password}
${logins.join('\n')}

Paste these into another terminal:

  # list the messages Anna reaches
  curl -s -H 'X-Auth-Token: ${userToken}' '${calld}/users/me/voicemails/messages?voicemail_type=all'

  # leave a message in the shared mailbox: every lamp of ${first?.name} lights
  curl -s -X POST -H 'X-Auth-Token: ${adminToken}' -H 'Content-Type: audio/wav' --data-binary @apps/lamplighter/assets/hello.wav '${calld}/voicemails/${shared?.id}/messages?caller_id_num=%2B15550100'

  # the counts, exactly as a phone is told
  curl -s -H 'X-Auth-Token: ${userToken}' -H 'Accept: application/simple-message-summary' '${calld}/users/me/voicemails/mwi'

  # events as they happen
  node apps/lamplighter/dist/main.js listen --url '${at.websocket}' --token '${userToken}'

Your own softphone (subscribe to voicemail / MWI of the account itself):
  server ${at.sipHost}:${at.sipPort} (UDP), user ${device?.sip_username}, password ${device?.sip_password}

Ctrl-C stops. Your data stays.`
}
