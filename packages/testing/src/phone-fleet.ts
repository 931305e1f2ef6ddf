import { createSocket, type Socket } from 'node:dgram'
import { answerTo, challengeOf, credentials, headerOf } from './lean-sip.js'

/** What a phone does by itself: subscribes, only registers, or registers and then subscribes. */
export type PhoneHabit = 'subscribes' | 'registers' | 'both'

/** A phone of a fleet, and what its lamp shows. */
export type FleetPhone = {
  readonly username: string
  readonly password: string
  readonly habit: PhoneHabit
  /** New messages its lamp shows; undefined: it was never told. */
  shown: number | undefined
  /** NOTIFYs it took, and those it refused because their CSeq went back. */
  taken: number
  refused: number
  /** What it asks for and did not get yet: above zero nobody may know where it is. */
  asking: number
  /** The last things that happened to it, each with its time: what a wrong lamp is explained by. */
  readonly diary: string[]
}

type Phone = FleetPhone & {
  readonly index: number
  dialog: { callId: string; toTag: string; target: string; cseq: number; heard: number } | undefined
  /** Wakes its subscribing when the server ended the subscription. */
  ended: () => void
}

/** Timers of RFC 3261, in milliseconds. */
const T1_MS = 500
const T2_MS = 4000
const GIVE_UP_MS = 32_000
const AGAIN_MS = 1000
const PHONES_PER_SOCKET = 250
const EXPIRES_SEC = 60

type Waiting = { readonly answered: (text: string | undefined) => void }

/**
 * Thousands of phones in one process, on a network that loses datagrams both ways. Each behaves as real phones do: it
 * retransmits, proves itself when asked, refreshes in time, subscribes anew after 481 or a goodbye, and refuses a NOTIFY
 * whose CSeq goes back.
 */
export class PhoneFleet {
  readonly phones: readonly FleetPhone[]
  readonly #phones: readonly Phone[]
  readonly #server: { readonly host: string; readonly port: number }
  readonly #loses: () => boolean
  readonly #sockets: Socket[] = []
  readonly #waiting = new Map<string, Waiting>()
  readonly #byCall = new Map<string, Phone>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #calls = 0
  #stopped = false

  /** @param loses whether the next datagram is lost, asked for each, coming and going */
  constructor(
    server: { readonly host: string; readonly port: number },
    accounts: readonly { username: string; password: string; habit: PhoneHabit }[],
    loses: () => boolean,
  ) {
    this.#server = server
    this.#loses = loses
    this.#phones = accounts.map((account, index) => ({
      ...account,
      index,
      shown: undefined,
      taken: 0,
      refused: 0,
      asking: 0,
      diary: [],
      dialog: undefined,
      ended: () => {},
    }))
    this.phones = this.#phones
  }

  /** Opens the sockets and switches every phone on, some at a time. Resolves when each has registered or subscribed. */
  async start(atOnce = 100): Promise<void> {
    const sockets = Math.ceil(this.#phones.length / PHONES_PER_SOCKET)
    for (let index = 0; index < sockets; index++) this.#sockets.push(await this.#open())
    let next = 0
    const worker = async () => {
      for (let phone = this.#phones[next++]; phone; phone = this.#phones[next++]) await this.#switchOn(phone)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }

  /** Switches everything off without a word. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const { answered } of this.#waiting.values()) answered(undefined)
    await Promise.all(this.#sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))))
  }

  async #open(): Promise<Socket> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    socket.setRecvBufferSize(8 * 1024 * 1024)
    socket.on('message', (bytes) => {
      if (!this.#loses()) this.#receive(bytes.toString('latin1'), socket)
    })
    return socket
  }

  async #switchOn(phone: Phone): Promise<void> {
    if (phone.habit !== 'subscribes') {
      await this.#keepRegistered(phone)
      if (phone.habit === 'registers') return
    }
    await this.#subscribe(phone)
  }

  /** Registers and goes on refreshing. */
  async #keepRegistered(phone: Phone): Promise<void> {
    const uri = `sip:${this.#server.host}:${this.#server.port}`
    const callId = this.#newCall(phone)
    let cseq = 0
    let heard = true
    const once = async (): Promise<void> => {
      const answer = await this.#authenticated(phone, 'REGISTER', uri, () => {
        cseq++
        return this.#lines(phone, 'REGISTER', uri, { callId, cseq, toTag: '' })
      })
      const well = answer !== undefined && isSuccess(answer)
      // Between two attempts it is still asking.
      if (well !== heard) phone.asking += well ? -1 : 1
      heard = well
      this.#later(well ? EXPIRES_SEC * 800 : AGAIN_MS, () => void once())
    }
    await once()
  }

  /** Subscribes in a new dialog, again and again until it is accepted, and goes on refreshing. */
  async #subscribe(phone: Phone): Promise<void> {
    phone.asking++
    await this.#subscribeSomehow(phone)
    phone.asking--
  }

  async #subscribeSomehow(phone: Phone): Promise<void> {
    while (!this.#stopped) {
      const target = `sip:${phone.username}@${this.#server.host}:${this.#server.port}`
      if (phone.dialog) this.#byCall.delete(phone.dialog.callId)
      const dialog = { callId: this.#newCall(phone), toTag: '', target, cseq: 0, heard: 0 }
      phone.dialog = dialog
      const answer = await this.#sendSubscribe(phone, dialog)
      if (answer !== undefined && isSuccess(answer)) {
        dialog.toTag = /;tag=([^;\s]*)/.exec(headerOf(answer, 'To') ?? '')?.[1] ?? ''
        dialog.target = /<([^>]*)>/.exec(headerOf(answer, 'Contact') ?? '')?.[1] ?? target
        void this.#keepSubscribed(phone, grantedSec(answer))
        return
      }
      await this.#pause(AGAIN_MS)
    }
  }

  async #keepSubscribed(phone: Phone, firstSec: number): Promise<void> {
    const { dialog } = phone
    let seconds = firstSec
    while (!this.#stopped && dialog && phone.dialog === dialog) {
      const goodbye = await this.#pauseUnlessEnded(phone, seconds * 900)
      if (goodbye || this.#stopped) break
      const answer = await this.#sendSubscribe(phone, dialog)
      if (answer === undefined || !isSuccess(answer)) break
      seconds = grantedSec(answer)
    }
    if (!this.#stopped) await this.#subscribe(phone)
  }

  #sendSubscribe(phone: Phone, dialog: NonNullable<Phone['dialog']>): Promise<string | undefined> {
    const { target } = dialog
    return this.#authenticated(phone, 'SUBSCRIBE', target, () => {
      dialog.cseq++
      const lines = this.#lines(phone, 'SUBSCRIBE', target, dialog)
      return `${lines}Event: message-summary\r\nAccept: application/simple-message-summary\r\n`
    })
  }

  /** Sends, and once more with credentials for each challenge that says it was only the nonce. */
  async #authenticated(phone: Phone, method: string, uri: string, lines: () => string): Promise<string | undefined> {
    phone.asking++
    try {
      return await this.#proven(phone, method, uri, lines)
    } finally {
      phone.asking--
    }
  }

  async #proven(phone: Phone, method: string, uri: string, lines: () => string): Promise<string | undefined> {
    let proof = ''
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await this.#transaction(phone, `${lines()}${proof}Content-Length: 0\r\n\r\n`)
      note(phone, `${method} of ${phone.dialog?.callId}: ${answer?.slice(8, 11)}`)
      const challenge = answer?.startsWith('SIP/2.0 401') ? challengeOf(answer) : undefined
      if (!challenge) return answer
      proof = credentials(challenge, { name: phone.username, password: phone.password, method, uri, count: 1 })
    }
    return undefined
  }

  #lines(
    { username, index }: Phone,
    method: string,
    uri: string,
    { callId, cseq, toTag }: { callId: string; cseq: number; toTag: string },
  ): string {
    const { host, port } = this.#server
    const own = `127.0.0.1:${this.#socketOf(index).address().port}`
    const aor = `<sip:${username}@${host}:${port}>`
    return (
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${own};rport;branch=z9hG4bK${callId}x${cseq}\r\nMax-Forwards: 70\r\n` +
      `From: ${aor};tag=f${callId}\r\nTo: ${aor}${toTag === '' ? '' : `;tag=${toTag}`}\r\nCall-ID: ${callId}\r\n` +
      `CSeq: ${cseq} ${method}\r\nContact: <sip:p${index}@${own}>\r\nExpires: ${EXPIRES_SEC}\r\n` +
      'User-Agent: a phone of a fleet, as long as those of real phones\r\nAllow: NOTIFY, OPTIONS\r\n'
    )
  }

  /** A request with its retransmissions over UDP (RFC 3261 17.1.2). */
  #transaction({ index }: Phone, text: string): Promise<string | undefined> {
    const key = `${headerOf(text, 'Call-ID')} ${headerOf(text, 'CSeq')}`
    const bytes = Buffer.from(text, 'latin1')
    const socket = this.#socketOf(index)
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const answered = (answer: string | undefined) => {
        if (timer) this.#forget(timer)
        this.#waiting.delete(key)
        resolve(answer)
      }
      const send = (intervalMs: number, waitedMs: number) => {
        if (waitedMs >= GIVE_UP_MS) return answered(undefined)
        this.#send(bytes, socket)
        timer = this.#later(intervalMs, () => send(Math.min(2 * intervalMs, T2_MS), waitedMs + intervalMs))
      }
      this.#waiting.set(key, { answered })
      send(T1_MS, 0)
    })
  }

  #receive(text: string, socket: Socket): void {
    const callId = headerOf(text, 'Call-ID') ?? ''
    if (text.startsWith('SIP/2.0')) return this.#waiting.get(`${callId} ${headerOf(text, 'CSeq')}`)?.answered(text)
    const known = this.#byCall.get(callId)
    const phone = known?.dialog?.callId === callId ? known : undefined
    if (phone) return this.#send(answerTo(text, this.#inDialog(phone, text)), socket)
    const registered = this.#phones[Number(/^NOTIFY sip:p(\d+)@/.exec(text)?.[1])]
    const outside = !headerOf(text, 'To')?.includes(';tag=')
    const wanted = registered?.habit === 'registers' && outside
    if (wanted) this.#take(registered, text)
    this.#send(answerTo(text, wanted ? '200 OK' : '481 Subscription Does Not Exist'), socket)
  }

  #inDialog(phone: Phone, text: string): string {
    const { dialog } = phone
    const cseq = Number.parseInt(headerOf(text, 'CSeq') ?? '', 10)
    if (!dialog || cseq < dialog.heard) {
      phone.refused++
      note(phone, `refused ${cseq} after ${dialog?.heard}`)
      return '500 Bad Sequence'
    }
    if (cseq > dialog.heard) {
      dialog.heard = cseq
      this.#take(phone, text)
      if (headerOf(text, 'Subscription-State')?.startsWith('terminated')) phone.ended()
    }
    return '200 OK'
  }

  #take(phone: Phone, text: string): void {
    phone.taken++
    const shown = /Voice-Message: *(\d+)\//.exec(text)?.[1]
    if (shown !== undefined) phone.shown = Number(shown)
    note(phone, `took ${shown}, ${headerOf(text, 'CSeq')} of ${headerOf(text, 'Call-ID')}`)
  }

  #send(bytes: Buffer, socket: Socket): void {
    if (!this.#stopped && !this.#loses()) socket.send(bytes, this.#server.port, this.#server.host)
  }

  #newCall(phone: Phone): string {
    this.#calls++
    const callId = `${this.#calls}.${phone.index}.${process.pid}`
    this.#byCall.set(callId, phone)
    return callId
  }

  #socketOf(index: number): Socket {
    const socket = this.#sockets[Math.floor(index / PHONES_PER_SOCKET)]
    if (!socket) throw new Error('the fleet is not started')
    return socket
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#later(ms, resolve))
  }

  /** Waits, or until the server ends the subscription: then true. */
  #pauseUnlessEnded(phone: Phone, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#later(ms, () => resolve(false))
      phone.ended = () => {
        this.#forget(timer)
        resolve(true)
      }
    })
  }

  #later(ms: number, callback: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#stopped) callback()
    }, ms)
    this.#timers.add(timer)
    return timer
  }

  #forget(timer: NodeJS.Timeout): void {
    clearTimeout(timer)
    this.#timers.delete(timer)
  }
}

/** Things remembered of a phone. */
const DIARY_LENGTH = 30

function note({ diary }: Phone, what: string): void {
  diary.push(`${new Date().toISOString().slice(11)} ${what}`)
  if (diary.length > DIARY_LENGTH) diary.shift()
}

function isSuccess(answer: string): boolean {
  return answer.startsWith('SIP/2.0 2')
}

function grantedSec(answer: string): number {
  return Number(headerOf(answer, 'Expires') ?? EXPIRES_SEC)
}
