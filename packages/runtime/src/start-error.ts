/** Why the product cannot start, in one sentence for whoever started it: printed without a stack, exit code 1. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
