/** Tenants' domains, and which are realms (decision 0035). */
export const FIND_DOMAINS = `
  SELECT n.name, n.tenant_uuid::text AS "tenantId", NOT EXISTS (
    SELECT 1 FROM device d WHERE d.tenant_uuid = n.tenant_uuid AND NOT d.domain_ha1_md5 ? n.name) AS "isRealm"
  FROM tenant_domain n WHERE n.name = ANY ($1::text[])`

/** How many devices want SHA-256, of all (decision 0054). */
export const DIGEST_SHARE = `
  SELECT count(*) FILTER (WHERE digest_algorithm <> 'MD5')::int AS strong, count(*)::int AS "all"
  FROM device WHERE $1::uuid IS NULL OR tenant_uuid = $1::uuid`

/** The mailbox of a tenant with this number. */
export const FIND_NUMBER =
  'SELECT id FROM mailbox WHERE tenant_uuid = $1::uuid AND number = $2 AND deleted_at IS NULL LIMIT 1'

/** The master tenant. */
export const MASTER = 'SELECT uuid::text FROM tenant WHERE uuid = parent_uuid LIMIT 1'

/** Begins a new epoch of a worker. */
export const RAISE_EPOCH = `
  INSERT INTO worker_epoch (name, epoch) VALUES ($1, 1)
  ON CONFLICT (name) DO UPDATE SET epoch = worker_epoch.epoch + 1 RETURNING epoch`
