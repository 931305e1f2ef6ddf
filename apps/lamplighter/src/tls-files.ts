import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Logger, StartError } from '@lamplighter/runtime'
import { TlsCredentials, type TlsIdentity, type TlsSettings } from '@lamplighter/sip'
import type { TlsFiles } from './sip-setting.js'

/** The certificates of SIP over TLS. Whoever renews the files tells us, and they are read again. */
export class CertificateFiles {
  readonly credentials: TlsCredentials
  readonly #files: TlsFiles

  private constructor(files: TlsFiles, settings: TlsSettings) {
    this.#files = files
    this.credentials = new TlsCredentials(settings)
  }

  /** @throws StartError when a file is not what it should be */
  static async read(files: TlsFiles): Promise<CertificateFiles> {
    return new CertificateFiles(files, await readSettings(files))
  }

  get port(): number {
    return this.#files.port
  }

  /** Shows what the files hold now. Files that are not what they should be are told in the log, and nothing changes. */
  async renew(log: Logger): Promise<void> {
    try {
      this.credentials.replace(await readSettings(this.#files))
      log.info({ expiresAt: new Date(this.credentials.expiresAtMs) }, 'the certificates were read again')
    } catch (err) {
      log.error({ err }, 'the certificates cannot be read again, those before stay')
    }
  }
}

/** Proves that each certificate goes with its key. @throws StartError */
async function readSettings({ certificates, keys, ca, clientCertificates }: TlsFiles): Promise<TlsSettings> {
  const pairs = certificates.map((certificate, at) => readIdentity(certificate, keys[at] ?? ''))
  const [first, ...others] = await Promise.all(pairs)
  if (!first) throw new StartError('LAMPLIGHTER_SIP_TLS_CERTIFICATE names no file')
  const authorities = ca === undefined ? {} : { ca: await read(ca) }
  return { identities: [first, ...others], clientCertificates, ...authorities }
}

async function readIdentity(certificateFile: string, keyFile: string): Promise<TlsIdentity> {
  const [certificate, key] = await Promise.all([read(certificateFile), read(keyFile)])
  const fits = () => new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  try {
    if (fits()) return { certificate, key }
  } catch (error) {
    throw new StartError(`${certificateFile} and ${keyFile} must be a certificate and its key in PEM`, { cause: error })
  }
  throw new StartError(`the key in ${keyFile} is not that of the certificate in ${certificateFile}`)
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => {
    throw new StartError(`${file} cannot be read`, { cause: error })
  })
}
