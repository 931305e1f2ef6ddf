import { GLOBAL_RIGHTS, OWNER_RIGHTS } from '@lamplighter/domain'

/**
 * Mailboxes a user reaches and with which rights: the own personal one, every global one of the tenant, and those
 * shared with the user or with everyone. $1 user, $2 tenant, $3 type.
 */
export const REACH = `
  SELECT m.*, bit_or(r.rights) AS rights FROM (
    SELECT u.mailbox_id, 'personal' AS via, ${OWNER_RIGHTS} AS rights FROM mailbox_user u WHERE u.user_uuid = $1::uuid
    UNION ALL
    SELECT g.id, 'global', ${GLOBAL_RIGHTS} FROM mailbox g WHERE g.tenant_uuid = $2::uuid AND g.accesstype = 'global'
    UNION ALL
    SELECT s.mailbox_id, 'shared', s.rights FROM mailbox_member s WHERE s.user_uuid = $1::uuid
    UNION ALL
    SELECT s.mailbox_id, 'shared', s.rights FROM mailbox_member s WHERE s.user_uuid IS NULL AND s.tenant_uuid = $2::uuid) r
    JOIN mailbox m ON m.id = r.mailbox_id
  WHERE m.tenant_uuid = $2::uuid AND m.deleted_at IS NULL
  GROUP BY m.id HAVING $3 = 'all' OR bool_or(r.via = $3)`
