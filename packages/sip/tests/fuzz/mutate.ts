/** Chance with a seed: the same seed makes the same bytes (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What breaks parsers: ends of lines, quotes, numbers beyond every type, words of the protocol. */
const POISON = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  '\0',
  '"',
  '<',
  '>',
  ';',
  ',',
  ';;',
  ',,',
  '?',
  '%00',
  '%',
  '@',
  ':',
  '[::1]',
  '\ufeff',
  '-1',
  '0',
  '99999999999999999999',
  '2147483648',
  'sip:',
  'sips:a@[',
  ';rport',
  ';received=x',
  ';tag=',
  ';lr',
  '*',
  'l: 3\r\n',
  'Content-Length: 7\r\n',
  'Via: SIP/2.0/UDP x\r\n',
  'Route: <sip:a@b>\r\n',
  'SIP/2.0',
].map((text) => Buffer.from(text))

/** Changes a message in one to six places; now and then it is thrown away for chance alone. */
export function mutate(seeds: readonly Buffer[], chance: () => number): Buffer {
  const below = (limit: number) => Math.floor(chance() * limit)
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  if (chance() < 0.02) return Buffer.from(Array.from({ length: below(600) }, () => below(256)))
  let bytes = pick(seeds)
  for (let left = 1 + below(6); left > 0; left--) {
    const at = below(bytes.length + 1)
    const end = Math.min(bytes.length, at + below(60))
    const [before, inside, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
    const other = pick(seeds)
    const from = below(other.length)
    const parts = [
      () => [before, pick(POISON), inside, after],
      () => [before, after],
      () => [before, inside, inside, after],
      () => [before, Buffer.from([below(256)]), inside, after],
      () => [before, other.subarray(from, from + below(120)), inside, after],
      () => [before, Buffer.from(inside.toString('latin1').toUpperCase(), 'latin1'), after],
      () => [before, pick(POISON), after],
      () => [before],
    ]
    // Cutting off everything behind is rarer than the rest: it ends a message.
    bytes = Buffer.concat((parts[chance() < 0.95 ? below(parts.length - 1) : parts.length - 1] as () => Buffer[])())
  }
  return bytes
}
