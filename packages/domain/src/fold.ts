/** Marks that a letter may carry once it is taken apart. */
const MARKS = /\p{M}+/gu

/**
 * A text as a search compares it: letters without their marks and without case, so that `Müller` finds `MULLER`. Both
 * sides of a comparison go through it.
 */
export function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').toLowerCase()
}

/**
 * What a search over messages looks through, folded: a line with the caller's name, one with the number, and the
 * transcript behind them. No term spans two of them, and the transcript can be told from the caller.
 */
export function searchTextOf(
  callerIdName: string | null,
  callerIdNum: string | null,
  transcript: string | null,
): string {
  return fold([callerIdName, callerIdNum, transcript].map((part) => part ?? '').join('\n'))
}
