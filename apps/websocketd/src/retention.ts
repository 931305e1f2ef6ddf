import type { LogState } from '@lamplighter/store'
import type { Viewer } from './viewer.js'

/**
 * How far back the log reaches for a viewer, in seconds: what its tenant says takes the place of what the installation
 * says, either way; who sees all tenants misses nothing only as long as the shortest of them.
 *
 * @param state of what the viewer sees
 */
export function retentionSecOf(
  { principal }: Viewer,
  { retentionHours }: Pick<LogState, 'retentionHours'>,
  installationSec: number,
): number {
  const ownSec = retentionHours === null ? installationSec : retentionHours * 3600
  return principal.tenantIsMaster ? Math.min(installationSec, ownSec) : ownSec
}
