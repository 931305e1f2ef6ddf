import type { DeviceExplanationView, LampView } from '@lamplighter/contracts'
import { StartError } from '@lamplighter/runtime'
import { ApiError, LamplighterClient } from '@lamplighter/sdk'

/** What is asked of the lamp ledger, and where it is. */
export type LampsOptions = {
  readonly action: 'list' | 'explain' | 'reassert'
  readonly url: string
  readonly token: string
  /** `device`, `gateway`, `mailbox`, `in_sync`, `lit`, as far as given. */
  readonly filter: Readonly<Record<string, string>>
}

const PAGE = 500

/** Lists lamps, explains those of a device, or has lamps told again; prints a line each. @throws StartError */
export async function runLamps(
  { action, url, token, filter }: LampsOptions,
  print: (line: string) => void,
): Promise<void> {
  const client = new LamplighterClient(url, token)
  try {
    if (action === 'list') await list(client, filter, print)
    else if (action === 'explain') await explain(client, filter['device'] ?? '', print)
    else {
      await client.request('PUT', `/api/calld/1.0/lamps/reassert?${new URLSearchParams(filter)}`)
      print('asked for: the lamps are told again, paced')
    }
  } catch (error) {
    if (error instanceof ApiError) throw new StartError(error.message, { cause: error })
    throw error
  }
}

async function list(
  client: LamplighterClient,
  filter: LampsOptions['filter'],
  print: (line: string) => void,
): Promise<void> {
  for (let offset = 0; ; offset += PAGE) {
    const query = new URLSearchParams({ ...filter, limit: String(PAGE), offset: String(offset) })
    const answer = await client.request('GET', `/api/calld/1.0/lamps?${query}`)
    const { items } = (await answer.json()) as { items: LampView[] }
    for (const lamp of items) print(describe(lamp))
    if (items.length < PAGE) return
  }
}

/** `ON right acknowledged 2/0 1001 front desk 0d7f…` */
function describe({ uuid, device, gateway, voicemail, desired, in_sync: inSync, reason }: LampView): string {
  const shownBy = device ? (device.name ?? device.sip_username) : (gateway?.name ?? gateway?.uuid ?? '')
  const counts = `${desired.new}/${desired.old}`
  return [
    desired.lit ? 'ON' : 'OFF',
    inSync ? 'right' : 'WRONG',
    reason,
    counts,
    voicemail.number ?? voicemail.id,
    shownBy,
    uuid,
  ].join('\t')
}

async function explain(client: LamplighterClient, device: string, print: (line: string) => void): Promise<void> {
  const answer = await client.request('GET', `/api/confd/1.1/devices/${encodeURIComponent(device)}/explain`)
  const { sentence, mailboxes, lamps, subscriptions, registrations } = (await answer.json()) as DeviceExplanationView
  print(sentence)
  for (const { voicemail, because } of mailboxes) print(`watches\t${voicemail.number}\t${because.join(' ')}`)
  for (const one of subscriptions) print(`subscription\t${one.contact}\t${one.transport}\t${one.expires_at}`)
  for (const one of registrations) print(`registration\t${one.contact}\t${one.transport}\t${one.expires_at}`)
  if (lamps.length > 1) for (const one of lamps) print(one.sentence)
}
