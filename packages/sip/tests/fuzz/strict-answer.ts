const STATUS_LINE = /^SIP\/2\.0 [1-6]\d\d [^\r\n\0]*$/
const REQUEST_LINE = /^[A-Z]+ sips?:[^\s<>"]+ SIP\/2\.0$/i
const HEADER_LINE = /^([A-Za-z][A-Za-z-]*):[ \t]?[^\r\n\0]*$/
const NEEDED = [
  ['Via', 'v'],
  ['From', 'f'],
  ['To', 't'],
  ['Call-ID', 'i'],
  ['CSeq', 'cseq'],
  ['Content-Length', 'l'],
] as const

/**
 * What is wrong with a message we send, by rules written anew and stricter than our parser's: every line ends with CRLF,
 * every header is a name and a value on one line, what must be there is, once where it may be once, and the length is
 * that of the body. Answers to broken requests may lack what the request lacked.
 */
export function complaint(bytes: Buffer, answersBroken: boolean): string | undefined {
  const text = bytes.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return 'no end of the headers'
  const [start = '', ...lines] = text.slice(0, end).split('\r\n')
  if (!STATUS_LINE.test(start) && !REQUEST_LINE.test(start)) return `start line ${JSON.stringify(start)}`
  const names = lines.map((line) => HEADER_LINE.exec(line)?.[1]?.toLowerCase())
  const odd = lines[names.indexOf(undefined)]
  if (odd !== undefined) return `header line ${JSON.stringify(odd)}`
  for (const [long, short] of NEEDED) {
    const count = names.filter((name) => name === long.toLowerCase() || name === short).length
    if (count === 0 && !(answersBroken && long !== 'Via' && long !== 'Content-Length')) return `no ${long}`
    if (count > 1 && long !== 'Via') return `${count} ${long}`
  }
  const length = /^(?:Content-Length|l):[ ]?(\d+)$/im.exec(text.slice(0, end))?.[1]
  return Number(length) === bytes.length - end - 4 ? undefined : `length ${length}`
}
