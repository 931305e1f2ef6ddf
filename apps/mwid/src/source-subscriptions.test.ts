import type { SecretBox } from '@lamplighter/access'
import type { MailboxId, MwiSourceId } from '@lamplighter/domain'
import { createLogger } from '@lamplighter/runtime'
import type { SipStack } from '@lamplighter/sip'
import type { Store } from '@lamplighter/store'
import { expect, it } from 'vitest'
import { SourceSubscriptions } from './source-subscriptions.js'

const SOURCE = 'a6b1e0de-6d27-4f3a-8b3c-000000000001' as MwiSourceId
const SERVER = { uuid: SOURCE, mailboxId: 7, targets: [{ host: '127.0.0.1' }], remoteMailbox: '200', expirySec: 60 }

/** A database that takes its time to tell of a server, and a stack that counts what goes out. */
function simulate() {
  let answer: () => void = () => {}
  let requests = 0
  const external = {
    serverOf: async () => SOURCE,
    servers: () =>
      new Promise((resolve) => {
        answer = () => resolve([SERVER])
      }),
  }
  const stack = {
    contact: () => '<sip:us@127.0.0.1>',
    request: async () => {
      requests++
      return { type: 'failed' }
    },
  }
  const subscriptions = new SourceSubscriptions({
    store: { external, changeSources: async () => [] } as unknown as Store,
    secrets: {} as SecretBox,
    stack: () => stack as unknown as SipStack,
    log: createLogger('silent'),
  })
  return { subscriptions, answer: () => answer(), requests: () => requests }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 20))

it.each([
  ['the source', (all: SourceSubscriptions) => all.changed(SOURCE)],
  ['its mailbox', (all: SourceSubscriptions) => all.mailboxChanged(7 as MailboxId)],
])('asks nobody any more once it is stopped, though %s has just changed', async (_what, change) => {
  const { subscriptions, answer, requests } = simulate()
  change(subscriptions)
  await turn()
  const stopped = subscriptions.stop()
  answer()
  await stopped
  await turn()
  expect(requests()).toBe(0)
})

it('asks a server whose source has changed', async () => {
  const { subscriptions, answer, requests } = simulate()
  subscriptions.changed(SOURCE)
  await turn()
  answer()
  await turn()
  expect(requests()).toBe(1)
  await subscriptions.stop()
})
