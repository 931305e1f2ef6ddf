import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { StartError } from '@lamplighter/runtime'
import type { TlsIdentity, TlsSettings } from '@lamplighter/sip'
import type { TlsFiles } from './sip-setting.js'

/** Reads the certificates of SIP over TLS and proves that each goes with its key. @throws StartError */
export async function readTlsFiles(files: TlsFiles): Promise<TlsSettings & { readonly port: number }> {
  const { port, certificates, keys, ca, clientCertificates } = files
  const pairs = certificates.map((certificate, at) => readIdentity(certificate, keys[at] ?? ''))
  const [first, ...others] = await Promise.all(pairs)
  if (!first) throw new StartError('LAMPLIGHTER_SIP_TLS_CERTIFICATE names no file')
  const authorities = ca === undefined ? {} : { ca: await read(ca) }
  return { port, identities: [first, ...others], clientCertificates, ...authorities }
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
