import { randomBytes } from 'node:crypto'
import { hashSecret } from '@lamplighter/access'
import type { TenantId } from '@lamplighter/domain'
import { StartError } from '@lamplighter/runtime'
import {
  ADMIN_POLICY_SLUG,
  DEFAULT_POLICIES,
  type Installation,
  type Provisioning,
  USER_POLICY_SLUG,
} from '@lamplighter/store'

/** The administrator of the master tenant. */
export const MASTER_ADMIN = 'root'
const MASTER_SLUG = 'master'

/** The installation, and the master administrator's password when it was made just now. */
export type SetUp = { readonly installation: Installation; readonly newPassword: string | undefined }

/**
 * Sees that there is an installation: the master tenant, its administrator, its policies. An interrupted set-up begins
 * again; of several processes one does it.
 *
 * @param demoPassword fixes the master password and marks the installation as a demonstration
 */
export function setUp(provisioning: Provisioning, demoPassword: string | undefined): Promise<SetUp> {
  return provisioning.exclusively(async () => {
    const present = await provisioning.installation()
    if (present) {
      if (demoPassword !== undefined && !present.demo) {
        throw new StartError('this database holds an installation that is not a demonstration; use `lamplighter serve`')
      }
      return { installation: present, newPassword: undefined }
    }
    const master =
      (await provisioning.findTenant(MASTER_SLUG)) ??
      (await provisioning.createTenant({ name: 'master', slug: MASTER_SLUG }))
    await savePolicies(provisioning, master)
    const password = demoPassword ?? randomBytes(12).toString('base64url')
    await saveAdmin(provisioning, master, MASTER_ADMIN, password)
    await provisioning.complete(demoPassword !== undefined)
    const installation = await provisioning.installation()
    if (!installation) throw new Error('the installation was not recorded')
    return { installation, newPassword: demoPassword === undefined ? password : undefined }
  })
}

/** Gives a tenant the two policies every tenant has. */
export async function savePolicies(provisioning: Provisioning, tenant: TenantId): Promise<void> {
  for (const { slug, name, acl } of DEFAULT_POLICIES) await provisioning.savePolicy(tenant, slug, name, acl)
}

/** Creates an administrator of a tenant. */
export async function saveAdmin(
  provisioning: Provisioning,
  tenantId: TenantId,
  username: string,
  password: string,
): Promise<void> {
  const passwordHash = await hashSecret(password)
  const policies = [ADMIN_POLICY_SLUG, USER_POLICY_SLUG]
  await provisioning.saveAccount({ tenantId, username, passwordHash, firstname: 'Administrator', policies })
}
