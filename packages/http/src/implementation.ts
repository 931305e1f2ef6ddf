import type { RouteContract } from '@lamplighter/contracts'
import type { Answer } from './answer.js'
import type { Call } from './call.js'

/** A route and what answers it. */
export type Implementation = {
  readonly contract: RouteContract
  readonly handle: (call: Call) => Promise<Answer> | Answer
}

/** Pairs a contract with its handler, which sees the query and body types of that contract. */
export function implement<Route extends RouteContract>(
  contract: Route,
  handle: (call: Call<Route>) => Promise<Answer> | Answer,
): Implementation {
  return { contract, handle: handle as unknown as Implementation['handle'] }
}
