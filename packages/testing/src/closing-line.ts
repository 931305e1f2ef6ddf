import type { Reporter, TestModule } from 'vitest/node'

/**
 * Prints the very last line of a run: `12 passed, 0 failed, 1 skipped`. A file that cannot be loaded and an error
 * outside any test count as failed.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: string): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) {
      let tests = 0
      for (const test of module.children.allTests()) {
        tests++
        const { state } = test.result()
        if (state === 'passed' || state === 'failed') count[state]++
        else count.skipped++
      }
      if (module.state() === 'failed' && (tests === 0 || module.errors().length > 0)) count.failed++
    }
    if (reason === 'interrupted' && count.failed === 0) count.failed++
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`
    // After everything else that reporters print.
    process.once('exit', () => process.stdout.write(line))
  }
}
