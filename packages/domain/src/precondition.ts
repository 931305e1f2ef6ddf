/**
 * What must hold of the present state for a change to be made; throws LamplighterError `precondition-failed` when it
 * does not. Checked under the lock that the change holds, so that nobody comes in between.
 */
export type Precondition = (current: object) => void

/** The precondition of a change that has none. */
export const always: Precondition = () => {}
