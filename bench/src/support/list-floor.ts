import { deriveKeys } from '@lamplighter/access'
import Fastify from 'fastify'
import pg from 'pg'

/** The list's floor as a program of its own: Fastify, one token look-up in memory, one statement, plain JSON. */
const [url = '', mailboxesText = '[]'] = process.argv.slice(2)
const mailboxes = new Set(JSON.parse(mailboxesText) as number[])
const pool = new pg.Pool({ connectionString: url, max: 16 })
const tokens = new Map([[deriveKeys('a secret for benchmarks, long enough to be one').tokenKey.toString('hex'), true]])
const LIST = `
  SELECT g.id, g.caller_id_name, g.caller_id_num, g.left_at, g.duration_ms, g.folder_id, m.id AS mailbox, m.name, m.accesstype
  FROM message g JOIN mailbox m ON m.id = g.mailbox_id WHERE g.mailbox_id = $1 AND g.deleted_at IS NULL ORDER BY g.left_at, g.id LIMIT 50`

const server = Fastify()
server.get<{ Params: { id: string } }>('/:id', async (request, reply) => {
  if (!tokens.has(String(request.headers['x-auth-token'])) || !mailboxes.has(Number(request.params.id)))
    return reply.code(401).send()
  const { rows } = await pool.query({ name: 'list', text: LIST, values: [Number(request.params.id)] })
  const items = rows.map((row) => ({
    id: row.id,
    caller_id_name: row.caller_id_name,
    caller_id_num: row.caller_id_num,
    duration: Math.round(row.duration_ms / 1000),
    timestamp: Number(row.left_at),
    empty: row.duration_ms === 0,
    transcription: null,
    voicemail: { id: row.mailbox, name: row.name, accesstype: row.accesstype },
    folder: { id: row.folder_id, name: 'inbox', type: 'new' },
  }))
  return { items, total: items.length }
})
const address = await server.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${address}\n`)
