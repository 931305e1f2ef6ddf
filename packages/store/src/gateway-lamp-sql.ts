/** Mailboxes a gateway serves now. `g` and `m` must be there, of one tenant. */
export const SERVES = `m.deleted_at IS NULL AND g.deleted_at IS NULL AND (g.all_contexts OR m.context = ANY (g.contexts))`

/** What waits in a mailbox `p.mailbox_id` but was claimed by somebody else than its own users: `new`, `urgent_new`. */
export const CLAIMED_ELSEWHERE = `
      SELECT count(*)::int AS new, count(*) FILTER (WHERE q.urgent)::int AS urgent_new FROM message q
      WHERE q.mailbox_id = p.mailbox_id AND q.claimed_by IS NOT NULL AND q.folder_id IN (1, 3)
        AND NOT EXISTS (SELECT 1 FROM mailbox_user u WHERE u.mailbox_id = q.mailbox_id AND u.user_uuid = q.claimed_by)`

/** Columns of a lamp's line in the ledger, the same in both tables. */
export const LEDGER_COLUMNS = `l.acknowledged_revision, l.acknowledged_new, l.acknowledged_old, l.acknowledged_urgent_new,
        l.acknowledged_urgent_old, l.acknowledged_at, l.reason AS ledger_reason, l.last_status, l.updated_at`

/**
 * The mailbox of the lamp with this uuid. The ledger has it by its key; only a lamp that was never told is looked for
 * among all mailboxes of its gateway's tenant, by their hashes and nothing else of them.
 */
function mailboxOf(lamp: string): string {
  return `(SELECT coalesce(
        (SELECT l.mailbox_id FROM gateway_lamp l JOIN gateways g ON g.uuid = l.gateway_uuid WHERE l.uuid = ${lamp}),
        (SELECT m.id FROM gateways g JOIN mailbox m ON m.tenant_uuid = g.tenant_uuid
         WHERE lamp_uuid(g.uuid, m.id) = ${lamp} LIMIT 1)))`
}

/**
 * Two parts of a statement over lamps: which gateways and which of their mailboxes are looked at (`tables`), and their
 * lamps (`lamps`), with what they should show by the worker's own rule, and those of the ledger that must still go dark.
 * `lamp` stands for the uuid of the one that is wanted, if it is one.
 */
export function gatewayLamps(
  ofGateways: readonly string[],
  ofMailbox: string,
  lamp: string | undefined,
): { readonly tables: string; readonly lamps: string } {
  const ofLamp = (mailbox: string) => (lamp === undefined ? '' : `AND ${mailbox} = ${mailboxOf(lamp)}`)
  const tables = `
    gateways AS MATERIALIZED (SELECT * FROM gateway g WHERE ${ofGateways.join(' AND ')}),
    served AS (
      SELECT g.uuid, m.id AS mailbox_id, true AS watched FROM gateways g JOIN mailbox m ON m.tenant_uuid = g.tenant_uuid
      WHERE ${SERVES} ${ofLamp('m.id')}
      UNION ALL
      SELECT g.uuid, l.mailbox_id, false FROM gateways g JOIN gateway_lamp l ON l.gateway_uuid = g.uuid
      WHERE NOT EXISTS (
        SELECT 1 FROM mailbox m WHERE m.id = l.mailbox_id AND m.tenant_uuid = g.tenant_uuid AND ${SERVES})
        ${ofLamp('l.mailbox_id')})`
  const lamps = `
      SELECT lamp_uuid(g.uuid, p.mailbox_id) AS uuid, NULL::uuid AS device_uuid, g.tenant_uuid, NULL AS device_name,
        NULL AS sip_username, NULL AS mwi_mode, g.uuid AS gateway_uuid, g.name AS gateway_name,
        CASE WHEN m.policy_blocks THEN 'policy' WHEN NOT g.mwi_enabled THEN 'gateway' END AS blocked_by, p.mailbox_id,
        p.watched, coalesce(m.revision, l.desired_revision, 0) AS revision,
        CASE WHEN m.shown THEN m.new_count - c.new ELSE 0 END AS new_count,
        CASE WHEN m.shown THEN m.old_count ELSE 0 END AS old_count,
        CASE WHEN m.shown THEN m.urgent_new_count - c.urgent_new ELSE 0 END AS urgent_new_count,
        CASE WHEN m.shown THEN m.urgent_old_count ELSE 0 END AS urgent_old_count,
        -- Under another number it is not told yet, whatever that one shows.
        coalesce(l.number = m.number AND l.context = m.context AND l.address IS NOT DISTINCT FROM m.address, true) AS told_here, ${LEDGER_COLUMNS}
      FROM served p JOIN gateways g ON g.uuid = p.uuid
        LEFT JOIN LATERAL (
          SELECT * FROM gateway_lamp WHERE gateway_uuid = p.uuid AND mailbox_id = p.mailbox_id OFFSET 0) l ON true
        LEFT JOIN LATERAL (
          SELECT m.number, m.context, a.address_template AS address, s.revision, s.new_count, s.old_count, s.urgent_new_count, s.urgent_old_count,
            o.allow_mwi IS false AS policy_blocks, m.enabled AND g.mwi_enabled AND o.allow_mwi IS NOT false AS shown
          FROM mailbox m JOIN mailbox_summary s ON s.mailbox_id = m.id
            LEFT JOIN mwi_policy o ON o.uuid = m.mwi_policy_uuid
            LEFT JOIN gateway_address a ON a.gateway_uuid = g.uuid AND a.mailbox_id = m.id
          WHERE m.id = p.mailbox_id AND m.tenant_uuid = g.tenant_uuid AND p.watched OFFSET 0) m ON true
        CROSS JOIN LATERAL (${CLAIMED_ELSEWHERE}) c
      WHERE ${ofMailbox}`
  return { tables, lamps }
}
