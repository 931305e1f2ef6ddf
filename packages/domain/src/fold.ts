/** Marks that a letter may carry once it is taken apart. */
const MARKS = /\p{M}+/gu

/**
 * A text as a search compares it: letters without their marks and without case, so that `Müller` finds `MULLER`. Both
 * sides of a comparison go through it.
 */
export function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').toLowerCase()
}

/** What a search over messages looks through: caller and transcript, folded, one a line so that no term spans two. */
export function searchTextOf(
  callerIdName: string | null,
  callerIdNum: string | null,
  transcript: string | null,
): string {
  return fold([callerIdName, callerIdNum, transcript].filter((part) => part !== null).join('\n'))
}
