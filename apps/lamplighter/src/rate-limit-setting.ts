import { RATE_LIMIT_NAMES, type RateLimitName, type RateLimitSizes } from '@lamplighter/http'
import { StartError } from '@lamplighter/runtime'

/**
 * Generous: a busy softphone stays far below. The burst of logins lets an office come to work at nine; what guesses
 * passwords gets ten a second.
 */
const DEFAULT_RATE_LIMITS: RateLimitSizes = {
  address: { ratePerSec: 1000, burst: 4000 },
  login: { ratePerSec: 10, burst: 200 },
  token: { ratePerSec: 500, burst: 2000 },
  media: { ratePerSec: 200, burst: 1000 },
  tenant: { ratePerSec: 1000, burst: 4000 },
  reassert: { ratePerSec: 1, burst: 30 },
}

/**
 * Reads `LAMPLIGHTER_RATE_LIMITS`: `0` turns all limits off; else a list like `token=500/2000,media=0`, per second and
 * burst, where what is not named keeps its default.
 *
 * @throws StartError
 */
export function readRateLimits(text: string | undefined): RateLimitSizes {
  if (text === undefined) return DEFAULT_RATE_LIMITS
  if (text === '0') return {}
  return text.split(',').reduce(withSetting, DEFAULT_RATE_LIMITS)
}

function withSetting(sizes: RateLimitSizes, setting: string): RateLimitSizes {
  const match = /^(\w+)=(?:0|([1-9]\d{0,5})\/([1-9]\d{0,5}))$/.exec(setting.trim())
  const name = RATE_LIMIT_NAMES.find((known) => known === match?.[1])
  if (!name) {
    throw new StartError(
      `LAMPLIGHTER_RATE_LIMITS must be 0 or a list of <name>=<per second>/<burst> or <name>=0, not "${setting}"; names: ${RATE_LIMIT_NAMES.join(', ')}`,
    )
  }
  const [, , ratePerSec, burst] = match ?? []
  if (ratePerSec === undefined || burst === undefined) return without(sizes, name)
  return { ...sizes, [name]: { ratePerSec: Number(ratePerSec), burst: Number(burst) } }
}

function without(sizes: RateLimitSizes, name: RateLimitName): RateLimitSizes {
  const { [name]: _off, ...others } = sizes
  return others
}
