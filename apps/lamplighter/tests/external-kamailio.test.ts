import { KamailioPresence, PRESENCE_PASSWORD, reasonWithout, waitFor } from '@lamplighter/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.js'
import { type Tenant, TestInstallation, type Voicemail } from './support.js'

const CONFD = '/api/confd/1.1'
const withoutKamailio = await reasonWithout('kamailio')
/** Short, so that we come to refresh soon after it restarted. */
const TERMS = { digest: true, maxExpiresSec: 5 }

type Status = { state: string; last_status: number | null; last_reason: string | null }

/** What is published there shows here: its presence_mwi is the server our SUBSCRIBE goes to. */
describe.skipIf(withoutKamailio)(
  `a subscription of ours at Kamailio${withoutKamailio ? ` [skipped: ${withoutKamailio}]` : ''}`,
  () => {
    let installation: TestInstallation
    let tenant: Tenant
    let kamailio: KamailioPresence
    /** Somebody who publishes; no account there is needed for that. */
    let publisher: RawPhone
    let box: Voicemail
    let uuid: string

    beforeAll(async () => {
      installation = await TestInstallation.start()
      tenant = await installation.tenant()
      kamailio = await KamailioPresence.start(TERMS)
      publisher = new RawPhone({ username: 'vm', password: 'none' }, kamailio.port)
      await publisher.start()
      box = await installation.mailbox(tenant, { external: { source: 'subscribe' } })
    })
    afterAll(async () => {
      await publisher.stop()
      await kamailio.stop()
      await installation.stop()
    })

    async function publish(unread: number, old: number): Promise<void> {
      const waiting = unread > 0 ? 'yes' : 'no'
      const body = `Messages-Waiting: ${waiting}\r\nVoice-Message: ${unread}/${old} (0/0)\r\n`
      const lines = {
        'Content-Type': 'application/simple-message-summary',
        To: '<sip:7001@127.0.0.1>',
        Expires: '3600',
      }
      expect((await publisher.send('PUBLISH', lines, `sip:7001@127.0.0.1:${kamailio.port}`, body)).status).toBe(200)
    }
    const shows = (unread: number, old: number) =>
      waitFor(
        async () => {
          const path = `/api/calld/1.0/voicemails/${box.id}/mwi`
          const counts = await tenant.admin.call<{ new: number; old: number }>('GET', path)
          return counts.new === unread && counts.old === old
        },
        { what: `${unread}/${old} in our mailbox` },
      )
    const stands = (wanted: Partial<Status>) =>
      waitFor(
        async () => {
          const { status } = await tenant.admin.call<{ status: Status }>('GET', `${CONFD}/mwi-sources/${uuid}`)
          return Object.entries(wanted).every(([name, value]) => status[name as keyof Status] === value)
        },
        { what: JSON.stringify(wanted) },
      )
    const newSource = (secret: string) =>
      tenant.admin.call<{ uuid: string }>('POST', `${CONFD}/mwi-sources`, {
        name: secret,
        kind: 'subscribe',
        voicemail_id: box.id,
        address: `vm:${secret}@127.0.0.1:${kamailio.port}/7001`,
      })

    it('stops at its challenge when the password is wrong', async () => {
      uuid = (await newSource('wrong')).uuid
      await stands({ state: 'stopped', last_status: 401, last_reason: 'credentials refused' })
      await tenant.admin.call('DELETE', `${CONFD}/mwi-sources/${uuid}`)
    })

    it('answers its challenge, and shows what was published before and after', async () => {
      await publish(2, 1)
      uuid = (await newSource(PRESENCE_PASSWORD)).uuid
      await stands({ state: 'active', last_status: 200 })
      await shows(2, 1)
      await publish(0, 3)
      await shows(0, 3)
    })

    it('is made again after Kamailio lost its memory, and follows it on', async () => {
      await kamailio.kill()
      await kamailio.up()
      await publish(5, 0)
      await shows(5, 0)
      await stands({ state: 'active', last_status: 200 })
    })
  },
)
