import { spawnSync } from 'node:child_process'

/** How many files this process and its children may open, after an attempt to raise that. */
export function fileLimit(wanted: number): number {
  if (raiseFileLimit(wanted)) return wanted
  const { stdout } = spawnSync('prlimit', ['--pid', String(process.pid), '--nofile', '--output=SOFT', '--noheadings'])
  return Number(stdout?.toString()) || 1024
}

/**
 * Lets this process and its children open as many files, where the system allows it.
 *
 * @returns whether it did
 */
function raiseFileLimit(files: number): boolean {
  return spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${files}:${files}`]).status === 0
}
