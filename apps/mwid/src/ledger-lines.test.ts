import { type DeviceId, EMPTY_SUMMARY, type MailboxId, type TenantId } from '@lamplighter/domain'
import type { LampEntry } from '@lamplighter/store'
import { describe, expect, it } from 'vitest'
import { LedgerLines } from './ledger-lines.js'

const device = (number: number) => `0d7f0000-0000-4000-8000-00000000000${number}` as DeviceId
const box = (number: number) => number as MailboxId
const state = (revision: number) => ({ summary: { ...EMPTY_SUMMARY, new: revision }, revision })

const line = (owner: number, mailbox: number, desired: number, acknowledged?: number): LampEntry => ({
  tenantId: '0d7f0000-0000-4000-8000-0000000000aa' as TenantId,
  deviceId: device(owner),
  mailboxId: box(mailbox),
  watched: true,
  desired: state(desired),
  acknowledged: acknowledged === undefined ? null : state(acknowledged),
  reason: 'pending',
  status: null,
})

const linesOf = (...all: LampEntry[]) => {
  const lines = new LedgerLines()
  for (const one of all) lines.put(one)
  return lines
}

describe('lines of the ledger on their way', () => {
  it('are one per lamp, the newest, with what was acknowledged last', () => {
    const lines = linesOf(line(1, 1, 1, 1), line(1, 1, 2), line(1, 2, 1))
    expect(lines.size).toBe(2)
    expect(lines.all.map(({ desired, acknowledged }) => [desired.revision, acknowledged?.revision])).toEqual([
      [2, 1],
      [1, undefined],
    ])
  })

  it('are found by device and by mailbox', () => {
    const lines = linesOf(line(1, 1, 1), line(2, 1, 1), line(2, 2, 1), line(2, 1, 2))
    expect([...lines.ofDevice(device(2))].map(({ mailboxId }) => mailboxId)).toEqual([1, 2])
    expect(lines.devicesOf(box(1))).toEqual([device(1), device(2)])
    expect([[...lines.ofDevice(device(3))], lines.devicesOf(box(3))]).toEqual([[], []])
  })

  it('are given up from the oldest device on, and then found no more', () => {
    const lines = linesOf(line(1, 1, 1), line(1, 2, 1), line(2, 1, 1))
    lines.dropOldest()
    expect([lines.size, lines.devicesOf(box(1)), lines.devicesOf(box(2))]).toEqual([2, [device(2)], [device(1)]])
    lines.dropOldest()
    expect([lines.size, [...lines.ofDevice(device(1))]]).toEqual([1, []])
    lines.dropOldest()
    lines.dropOldest()
    expect([lines.size, lines.all]).toEqual([0, []])
  })
})
