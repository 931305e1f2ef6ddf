import { LAST_SEQUENCE, notifyCSeq } from '@lamplighter/sip'
import type { Epoch } from './epoch.js'

/** Sequence numbers left when the next epoch is asked for. */
const EPOCH_MARGIN = 500

/** CSeqs of the NOTIFYs of one dialog: they rise within an epoch, and jump with it (sip.md 5.3). */
export class NotifySequence {
  readonly #source: Epoch
  readonly #epochOfDialog: number
  #epoch: number
  #sequence = 0
  #raising = false

  constructor(source: Epoch, epochOfDialog: number) {
    this.#source = source
    this.#epochOfDialog = epochOfDialog
    this.#epoch = source.now
  }

  next(): number {
    this.#sequence++
    if (this.#sequence > LAST_SEQUENCE - EPOCH_MARGIN && !this.#raising) void this.#raiseEpoch()
    return notifyCSeq(this.#epoch, this.#epochOfDialog, this.#sequence)
  }

  async #raiseEpoch(): Promise<void> {
    this.#raising = true
    try {
      this.#epoch = await this.#source.raise()
      this.#sequence = 0
    } finally {
      this.#raising = false
    }
  }
}
