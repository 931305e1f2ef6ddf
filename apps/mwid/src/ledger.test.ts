import { EMPTY_SUMMARY } from '@lamplighter/domain'
import { createLogger } from '@lamplighter/runtime'
import type { LampEntry, SipRepository, WatchedMailbox } from '@lamplighter/store'
import { describe, expect, it, vi } from 'vitest'
import { Epoch } from './epoch.js'
import { LampTrace } from './lamp-trace.js'
import { Ledger } from './ledger.js'

/** A mailbox at this revision, which is how many new messages it has too. */
const mailbox = (mailboxId: number, revision: number): WatchedMailbox => ({
  deviceId: '0d7f0000-0000-4000-8000-000000000001' as WatchedMailbox['deviceId'],
  tenantId: '0d7f0000-0000-4000-8000-0000000000aa' as WatchedMailbox['tenantId'],
  mwiMode: 'auto',
  watched: true,
  blocked: false,
  acknowledged: EMPTY_SUMMARY,
  mailboxId: mailboxId as WatchedMailbox['mailboxId'],
  number: String(mailboxId),
  own: true,
  revision,
  summary: { ...EMPTY_SUMMARY, new: revision },
})

/** The statements of the ledger: each write waits until it is let through, or fails. */
class Table {
  readonly written: (readonly [mailbox: number, desired: number, acknowledged: number | undefined, reason: string])[] =
    []
  writes = 0
  during: ((write: number) => Promise<void> | void) | undefined

  async saveLamps(entries: readonly LampEntry[]): Promise<void> {
    this.writes++
    await this.during?.(this.writes)
    for (const { mailboxId, desired, acknowledged, reason } of entries)
      this.written.push([mailboxId, desired.revision, acknowledged?.revision, reason])
  }
  saveDecisions = async (): Promise<void> => {}
  forgetLamps = async (): Promise<void> => {}
}

function newLedger(table: Table): Ledger {
  const trace = new LampTrace(new Epoch({} as SipRepository), { converged: () => {} })
  const ledger = new Ledger(table as unknown as SipRepository, trace, createLogger('silent'))
  ledger.start()
  return ledger
}

describe('the lamp ledger', () => {
  it('writes at its end what came while it was writing', async () => {
    const table = new Table()
    let goOn = () => {}
    table.during = (write) =>
      write === 1
        ? new Promise<void>((resolve) => {
            goOn = resolve
          })
        : undefined
    const ledger = newLedger(table)
    ledger.record([mailbox(1, 1)], true, 'acknowledged', 200)
    await vi.waitFor(() => expect(table.writes).toBe(1))
    ledger.record([mailbox(2, 1)], true, 'acknowledged', 200)
    const stopped = ledger.stop()
    goOn()
    await stopped
    expect(table.written.map(([id]) => id)).toEqual([1, 2])
  })

  it('tries again at its end when a write fails, and gives up when none succeeds', async () => {
    const table = new Table()
    table.during = (write) => {
      if (write < 3) throw new Error('away')
    }
    const ledger = newLedger(table)
    ledger.record([mailbox(1, 1)], true, 'acknowledged', 200)
    await ledger.stop()
    expect(table.written).toEqual([[1, 1, 1, 'acknowledged']])
    table.during = () => {
      throw new Error('away')
    }
    const other = newLedger(table)
    other.record([mailbox(1, 2)], true, 'acknowledged', 200)
    await other.stop()
    expect(table.written).toHaveLength(1)
  })

  it('keeps what was acknowledged when the mailbox changes before that is written', async () => {
    const table = new Table()
    const ledger = newLedger(table)
    ledger.record([mailbox(1, 1)], true, 'acknowledged', 200)
    ledger.record([mailbox(1, 2)], false, 'pending', null)
    await ledger.stop()
    expect(table.written).toEqual([[1, 2, 1, 'pending']])
  })

  it('keeps the newer line and the older acknowledgement when a write fails', async () => {
    const table = new Table()
    const ledger = newLedger(table)
    table.during = (write) => {
      if (write > 1) return
      ledger.record([mailbox(1, 2)], false, 'pending', null)
      throw new Error('away')
    }
    ledger.record([mailbox(1, 1)], true, 'acknowledged', 200)
    await vi.waitFor(() => expect(table.written).toHaveLength(1))
    await ledger.stop()
    expect(table.written).toEqual([[1, 2, 1, 'pending']])
  })

  it('does not say acknowledged of a lamp whose mailbox changed while it was told', async () => {
    const table = new Table()
    const ledger = newLedger(table)
    ledger.acknowledge([mailbox(1, 1), mailbox(2, 1)], [mailbox(1, 2), mailbox(2, 1)])
    await ledger.stop()
    expect(table.written).toEqual([
      [1, 2, 1, 'pending'],
      [2, 1, 1, 'acknowledged'],
    ])
  })
})
