import type { IncomingHttpHeaders } from 'node:http'
import type { ApiName } from '@lamplighter/contracts'

const HOST = /^[A-Za-z0-9._:[\]-]{1,255}$/
const SCRIPT_NAME = /^\/[A-Za-z0-9/_-]{0,100}$/

/**
 * Where a client sees an API, as the proxy in front tells (rest.md 1.1): `X-Forwarded-Proto`, `Host` and
 * `X-Script-Name`, which stands for `/api/<name>`. A header that does not have its form is as good as absent: what a
 * client made up must not get into links.
 */
export class PublicBase {
  readonly #origin: string
  readonly #api: ApiName
  readonly #prefix: string

  constructor({ headers }: { readonly headers: IncomingHttpHeaders }, api: ApiName) {
    const host = headers.host !== undefined && HOST.test(headers.host) ? headers.host : 'localhost'
    // TLS ends at the proxy in front; we speak none ourselves.
    this.#origin = `${headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${host}`
    this.#api = api
    this.#prefix = readScriptName(headers) ?? ownPrefix(api)
  }

  /** Path of the API as the client sees it, for a path as we mount it. */
  path(path: string): string {
    const own = ownPrefix(this.#api)
    return path.startsWith(`${own}/`) ? this.#prefix + path.slice(own.length) : path
  }

  /** Absolute URL for a path as we mount it. */
  url(path: string): string {
    return this.#origin + this.path(path)
  }
}

function ownPrefix(api: ApiName): string {
  return `/api/${api}`
}

function readScriptName(headers: IncomingHttpHeaders): string | undefined {
  const name = headers['x-script-name']
  return typeof name === 'string' && SCRIPT_NAME.test(name) ? name.replace(/\/+$/, '') : undefined
}
