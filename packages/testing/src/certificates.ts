import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** A certificate that is its own authority, and its key, PEM. */
export type TestCertificate = { readonly certificate: string; readonly key: string }

/** Makes a certificate for these host names and addresses. */
export async function makeCertificate(...names: readonly [string, ...string[]]): Promise<TestCertificate> {
  const altNames = names.map((name) =>
    isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  )
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  })
  return { certificate: cert, key }
}
