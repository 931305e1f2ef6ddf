/** Says what is going on: one line that counts seconds on a terminal, plain lines elsewhere. */
export class Progress {
  #startedAt = performance.now()
  #timer

  /** Runs a step and tells how long it took. */
  async step(title, work) {
    const from = performance.now()
    const seconds = () => ((performance.now() - from) / 1000).toFixed(1)
    if (process.stdout.isTTY) {
      const draw = () => process.stdout.write(`\r\x1b[2K· ${title} … ${seconds()} s`)
      draw()
      this.#timer = setInterval(draw, 200)
    } else {
      console.log(`· ${title}`)
    }
    try {
      return await work()
    } finally {
      clearInterval(this.#timer)
      if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K· ${title}: ${seconds()} s\n`)
    }
  }

  /** Seconds since the beginning. */
  total() {
    return ((performance.now() - this.#startedAt) / 1000).toFixed(1)
  }
}
