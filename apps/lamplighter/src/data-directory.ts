import { randomBytes } from 'node:crypto'
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { StartError } from '@lamplighter/runtime'

/** Makes the data directory. @throws StartError when it cannot be written */
export async function prepareDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o755 })
    await access(directory, constants.W_OK | constants.X_OK)
    // Root passes every check of access, also on a read-only file system.
    await writeFile(path.join(directory, '.writable'), '')
  } catch (error) {
    throw new StartError(`the data directory ${directory} cannot be written`, { cause: error })
  }
}

/** The secret of the installation: given, or made up once and kept where only its owner reads it. */
export async function readSecret(directory: string, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (given.length >= 32) return given
    throw new StartError('LAMPLIGHTER_SECRET must have at least 32 characters')
  }
  const file = path.join(directory, 'secret')
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known !== undefined) return known.trim()
  const secret = randomBytes(48).toString('base64url')
  await writeFile(file, `${secret}\n`, { mode: 0o600 })
  return secret
}
